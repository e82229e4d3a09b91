"""Rules about templates and static files: nothing comes from another site, nothing is inline."""

import pytest

from tests.conventions import asset_rules as rules
from tests.conventions.asset_rules import find_files, find_offenders
from tests.support.offenders import fail_if_any

TEMPLATES = find_files("templates/**/*.html")
STYLES = find_files("static/**/*.css")
SCRIPTS = [path for path in find_files("static/**/*.js") if "vendor" not in path.parts]


def test_the_checked_templates_styles_and_scripts_are_found():
    assert len(TEMPLATES) > 20
    assert len(STYLES) > 5
    assert len(SCRIPTS) > 50


def test_templates_have_no_inline_code_and_load_nothing_from_other_sites():
    offenders = find_offenders(rules.has_inline_or_foreign_parts, TEMPLATES)
    fail_if_any(offenders, "Put styles and scripts into files in static/, and no x-html.")


def test_templates_escape_everything_they_show():
    fail_if_any(find_offenders(rules.shows_unescaped_text, TEMPLATES), "Leave escaping on.")


def test_templates_use_only_expressions_that_alpines_csp_build_supports():
    offenders = find_offenders(rules.has_unsupported_expressions, TEMPLATES)
    fail_if_any(offenders, "Move the expression into the component's script.")


def test_style_sheets_load_nothing_from_other_sites():
    fail_if_any(find_offenders(rules.loads_from_other_sites, STYLES), "Put the file into static/vendor/.")


def test_scripts_send_nothing_to_other_sites():
    fail_if_any(find_offenders(rules.names_other_sites, SCRIPTS), "Scripts talk to Spikecast only.")


def test_scripts_do_not_turn_text_into_markup_or_code():
    fail_if_any(find_offenders(rules.makes_markup_or_code, SCRIPTS), "Set textContent, or call a function.")


def test_vendored_libraries_come_with_licence_and_version():
    offenders = []
    for folder in find_files("static/vendor/*"):
        names = {path.name.split(".")[0].upper() for path in folder.iterdir()}
        if not names & {"LICENSE", "LICENCE", "COPYING", "OFL"} or "VERSION" not in names:
            offenders.append(rules.get_name(folder))
    assert find_files("static/vendor/*")
    fail_if_any(offenders, "Add the library's licence and VERSION (tools/vendor.sh writes it).")


BAD_TEMPLATE = """
    <style>a {}</style><script>1</script><p style="x" onclick="y()"><img src="//evil"><p x-html="z">
    <a href="javascript:1">
"""


def test_the_template_rule_reports_every_bad_part():
    assert len(rules.has_inline_or_foreign_parts(BAD_TEMPLATE)) == 7


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.shows_unescaped_text, "{{ name | safe }}"),
        (rules.shows_unescaped_text, "{% filter safe %}{{ name }}{% endfilter %}"),
        (rules.shows_unescaped_text, "{% autoescape false %}"),
        (rules.shows_unescaped_text, "{{ Markup(name) }}"),
        (rules.has_unsupported_expressions, '<p x-text="user?.name">'),
        (rules.has_unsupported_expressions, '<p @click="list.map(x => x)">'),
        (rules.has_unsupported_expressions, '<p :title="`a ${b}`">'),
        (rules.loads_from_other_sites, 'a { background: url("https://example.org/x.png") }'),
        (rules.loads_from_other_sites, "@import '//example.org/x.css';"),
        (rules.names_other_sites, 'fetch("https://example.org")'),
        (rules.names_other_sites, "new WebSocket('wss://example.org')"),
        (rules.names_other_sites, "fetch(`//example.org`)"),
        (rules.makes_markup_or_code, "node.innerHTML = name"),
        (rules.makes_markup_or_code, "eval(text)"),
        (rules.makes_markup_or_code, "setTimeout('text', 1)"),
    ],
)
def test_each_rule_reports_a_bad_example(rule, text):
    assert len(list(rule(text))) == 1
