"""Served style sheets and scripts: minified without changes in meaning, and cached by version."""

import re
from pathlib import Path

import pytest

from tests.conventions import asset_rules
from tests.support.offenders import fail_if_any

pytestmark = pytest.mark.any_database

HERE = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(HERE.glob("static/js/**/*.js"))
STYLES = sorted(HERE.glob("static/css/**/*.css"))


def place(path: Path) -> str:
    return path.relative_to(HERE / "static").as_posix()


def test_scripts_have_no_nested_template_literals():
    offenders = asset_rules.find_offenders(asset_rules.has_nested_templates, SCRIPTS)
    fail_if_any(offenders, "Give the inner template literal a name of its own.")


def test_minifying_a_script_changes_no_tokens():
    offenders = asset_rules.find_offenders(asset_rules.changes_when_minified, SCRIPTS)
    fail_if_any(offenders, "rjsmin changes what the script does: write it another way.")


def test_minifying_keeps_descendants_that_a_pseudo_class_selects(app):
    served = app.test_client().get("/static/css/components/blocks.css").text
    assert ".conflict *:is(th,td){" in served


def test_a_nested_template_literal_is_reported():
    assert list(asset_rules.has_nested_templates("say(`${many ? ` or ${many} more` : ``}`);"))
    assert list(asset_rules.has_nested_templates("say(`M${points.map(({ x, y }) => `${x} ${y}`)}`);"))
    assert not list(asset_rules.has_nested_templates("say(`${x} or ${y}`, `${z}`);"))


@pytest.mark.parametrize("minified", ["say(`a b`)", "say(`a  b`);more()", ""])
def test_a_token_that_minifying_changes_is_reported(minified):
    script = "// words\nsay( `a  b` );"
    assert list(asset_rules.changes_when_minified(script, lambda _: minified))
    assert not list(asset_rules.changes_when_minified(script, lambda _: "say(`a  b`);"))


def test_served_scripts_and_styles_have_no_comments_or_indentation(app):
    client = app.test_client()
    served = {place(path): client.get(f"/static/{place(path)}") for path in [*SCRIPTS, *STYLES]}
    assert {answer.status_code for answer in served.values()} == {200}
    texts = {name: re.sub(r"`[^`]*`", "``", answer.text) for name, answer in served.items()}
    assert [name for name, text in texts.items() if re.search(r"^\s+|^//|/\*", text, re.MULTILINE)] == []


def test_pages_are_served_without_the_indentation_of_their_templates(app):
    page = app.test_client().get("/sign-in").text
    assert re.findall(r"(?m)^[ \t]+.*", page) == []


def test_main_css_contains_its_imported_style_sheets(app):
    served = app.test_client().get("/static/css/main.css").text
    assert served.startswith("@layer reset,tokens,base,components,layout,page;@layer reset{")
    assert "@import" not in served
    assert "@layer tokens{" in served


def test_a_vendored_file_is_served_unchanged(app):
    path = "vendor/modern-normalize/modern-normalize.css"
    with app.test_client().get(f"/static/{path}") as served:
        assert served.data == (HERE / "static" / path).read_bytes()


def test_an_asset_with_a_matching_etag_gets_304(app):
    client = app.test_client()
    etag = client.get("/static/js/lib/time.js").headers["ETag"]
    assert client.get("/static/js/lib/time.js", headers={"If-None-Match": etag}).status_code == 304


IMMUTABLE = "public, max-age=31536000, immutable"
ASSETS = ["js/lib/time.js", "css/main.css", "img/favicon.svg", "vendor/alpine/module.esm.min.js"]


def build_asset_url(app, path: str) -> str:
    with app.test_request_context():
        return app.jinja_env.globals["asset"](path)


@pytest.mark.parametrize("path", ASSETS)
def test_an_asset_at_its_versioned_url_is_immutable(app, path):
    client, url = app.test_client(), build_asset_url(app, path)
    for method in (client.get, client.head):
        with method(url) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE)
    with client.get(url, headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert (again.status_code, again.headers["Cache-Control"]) == (304, IMMUTABLE)


@pytest.mark.parametrize("path", ASSETS)
@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?w=1", "?v={v}&v={v}", "?v={v}0", "?V={v}"])
def test_an_asset_at_any_other_url_is_no_cache(app, path, query):
    digest = build_asset_url(app, path).rpartition("=")[2]
    with app.test_client().get(f"/static/{path}{query.format(v=digest)}") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["js/nothing.js", "css/nothing.css", "img/nothing.svg", "js", "../wsgi.py", "%2e%2e/x"]
)
def test_a_missing_asset_is_no_store(app, path):
    answer = app.test_client().get(f"/static/{path}?v=000000000000")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ASSETS)
def test_an_error_or_a_partial_response_for_an_asset_is_not_immutable(app, path):
    client, url = app.test_client(), build_asset_url(app, path)
    assert client.post(url).headers["Cache-Control"] == "no-store"
    with client.get(url, headers={"Range": "bytes=2-5"}) as part:
        assert part.headers["Cache-Control"] == (IMMUTABLE if part.status_code == 200 else "no-cache")
    with client.get(url, headers={"Range": "bytes=99999999-"}) as beyond:
        assert beyond.headers["Cache-Control"] == (IMMUTABLE if beyond.status_code == 200 else "no-store")


def test_the_url_of_a_style_sheet_changes_with_its_imports(app, tmp_path, monkeypatch):
    (tmp_path / "main.css").write_text('@import url("base.css") layer(base);')
    base = tmp_path / "base.css"
    monkeypatch.setattr(app, "static_folder", str(tmp_path))

    def build_url(text: str) -> str:
        base.write_text(text)
        with app.test_request_context():
            return app.jinja_env.globals["asset"]("main.css")

    assert build_url("a { color: red }") != build_url("a { color: green }")
