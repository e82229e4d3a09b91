"""Spikecast can be served below a path prefix: every URL in templates and scripts includes it."""

import re
from pathlib import Path

import config
from settings.values import OWN_PATHS

OWN = "|".join(sorted(OWN_PATHS - {"api", "static"}))
LINK = re.compile(r"""(?<![\w-])(?:href|action|src)="(?:/|'/|`/)""")
LITERAL = re.compile(rf"""["'`]/(?:{OWN})\b""")
ADDED = re.compile(r"\bwithPrefix\(|\bleaveFor\(|\bgetReturnPath\(|\bback: ")
"""Calls that add the path prefix; see static/js/lib/base.js."""


def test_links_of_templates_have_the_path_prefix():
    for template in (config.ROOT / "templates").rglob("*.html"):
        assert not LINK.findall(template.read_text("utf-8")), (
            f"{template}: use with_prefix('/…') or $withPrefix('/…')"
        )


def test_urls_in_scripts_have_the_path_prefix():
    wrong = [
        f"{script.name}:{number}: {line.strip()}"
        for script in _scripts()
        for number, line in enumerate(script.read_text("utf-8").splitlines(), 1)
        if LITERAL.search(line) and not ADDED.search(line) and not line.lstrip().startswith(("//", "*", "/*"))
    ]
    assert wrong == []


def test_only_base_js_reads_location_origin():
    users = {script.name for script in _scripts() if "location.origin" in script.read_text("utf-8")}
    assert users == {"base.js"}


def test_own_paths_are_the_first_segments_of_all_routes(app):
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert first - {""} == OWN_PATHS


def _scripts() -> list[Path]:
    folder = config.ROOT / "static" / "js"
    return [script for script in folder.rglob("*.js") if script.name != "theme.js"]
