"""What is sent for style sheets and scripts: less than what is written, and the same."""

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


def test_scripts_hold_no_template_inside_another():
    offenders = asset_rules.find_offenders(asset_rules.has_nested_templates, SCRIPTS)
    fail_if_any(offenders, "Give the inner template literal a name of its own.")


def test_scripts_are_the_same_when_minified():
    offenders = asset_rules.find_offenders(asset_rules.changes_when_minified, SCRIPTS)
    fail_if_any(offenders, "rjsmin changes what the script does: write it another way.")


def test_the_rule_finds_a_template_inside_another():
    assert list(asset_rules.has_nested_templates("say(`${many ? ` or ${many} more` : ``}`);"))
    assert list(asset_rules.has_nested_templates("say(`M${points.map(({ x, y }) => `${x} ${y}`)}`);"))
    assert not list(asset_rules.has_nested_templates("say(`${x} or ${y}`, `${z}`);"))


@pytest.mark.parametrize("minified", ["say(`a b`)", "say(`a  b`);more()", ""])
def test_the_rule_finds_what_minifying_changes(minified):
    script = "// words\nsay( `a  b` );"
    assert list(asset_rules.changes_when_minified(script, lambda _: minified))
    assert not list(asset_rules.changes_when_minified(script, lambda _: "say(`a  b`);"))


def test_comments_and_indentation_stay_at_home(app):
    client = app.test_client()
    served = {place(path): client.get(f"/static/{place(path)}") for path in [*SCRIPTS, *STYLES]}
    assert {answer.status_code for answer in served.values()} == {200}
    texts = {name: re.sub(r"`[^`]*`", "``", answer.text) for name, answer in served.items()}
    assert [name for name, text in texts.items() if re.search(r"^\s+|^//|/\*", text, re.MULTILINE)] == []


def test_main_css_comes_with_what_it_imports(app):
    served = app.test_client().get("/static/css/main.css").text
    assert served.startswith("@layer reset,tokens,base,components,layout,page;@layer reset{")
    assert "@import" not in served
    assert "@layer tokens{" in served


def test_what_others_made_is_served_as_it_is(app):
    path = "vendor/modern-normalize/modern-normalize.css"
    with app.test_client().get(f"/static/{path}") as served:
        assert served.data == (HERE / "static" / path).read_bytes()


def test_an_asset_that_is_there_already_is_not_sent_again(app):
    client = app.test_client()
    etag = client.get("/static/js/lib/time.js").headers["ETag"]
    assert client.get("/static/js/lib/time.js", headers={"If-None-Match": etag}).status_code == 304


FOREVER = "public, max-age=31536000, immutable"
KINDS = ["js/lib/time.js", "css/main.css", "img/favicon.svg", "vendor/alpine/module.esm.min.js"]


def address_of(app, path: str) -> str:
    with app.test_request_context():
        return app.jinja_env.globals["asset"](path)


@pytest.mark.parametrize("path", KINDS)
def test_a_file_is_kept_for_ever_by_the_address_of_its_own_version(app, path):
    client, address = app.test_client(), address_of(app, path)
    for method in (client.get, client.head):
        with method(address) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOREVER)
    with client.get(address, headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert (again.status_code, again.headers["Cache-Control"]) == (304, FOREVER)


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?w=1", "?v={v}&v={v}", "?v={v}0", "?V={v}"])
def test_of_any_other_version_a_browser_asks_again(app, path, query):
    digest = address_of(app, path).rpartition("=")[2]
    with app.test_client().get(f"/static/{path}{query.format(v=digest)}") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["js/nothing.js", "css/nothing.css", "img/nothing.svg", "js", "../wsgi.py", "%2e%2e/x"]
)
def test_what_is_not_there_is_not_kept(app, path):
    answer = app.test_client().get(f"/static/{path}?v=000000000000")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", KINDS)
def test_a_refusal_or_a_part_is_not_kept(app, path):
    client, address = app.test_client(), address_of(app, path)
    assert client.post(address).headers["Cache-Control"] == "no-store"
    with client.get(address, headers={"Range": "bytes=2-5"}) as part:
        assert part.headers["Cache-Control"] == (FOREVER if part.status_code == 200 else "no-cache")
    with client.get(address, headers={"Range": "bytes=99999999-"}) as beyond:
        assert beyond.headers["Cache-Control"] == (FOREVER if beyond.status_code == 200 else "no-store")


def test_an_address_changes_with_what_is_imported(app, tmp_path, monkeypatch):
    (tmp_path / "main.css").write_text('@import url("base.css") layer(base);')
    base = tmp_path / "base.css"
    monkeypatch.setattr(app, "static_folder", str(tmp_path))

    def address(text: str) -> str:
        base.write_text(text)
        with app.test_request_context():
            return app.jinja_env.globals["asset"]("main.css")

    assert address("a { color: red }") != address("a { color: green }")
