"""Rules about the code: each test checks every module and lists those that break the rule."""

import pytest

from tests.conventions import code_rules as rules
from tests.conventions.code_rules import Module, find_offenders, load_modules
from tests.support.offenders import fail_if_any

APP = load_modules("app/**/*.py")
PRODUCT = [*APP, *load_modules("migrations/**/*.py", "config.py", "wsgi.py")]


def test_the_checked_modules_are_found():
    assert len(PRODUCT) > 40


def test_only_the_clock_module_reads_the_time():
    assert "datetime.now" in next(module for module in PRODUCT if module.name == rules.CLOCK).calls
    fail_if_any(find_offenders(rules.reads_the_time, PRODUCT), "Call app.core.clock.now() instead.")


def test_only_views_and_commands_commit():
    offenders = find_offenders(rules.commits_elsewhere, PRODUCT)
    fail_if_any(offenders, "Commit once, in the view; exceptions belong to MAY_COMMIT in code_rules.py.")


def test_the_list_of_functions_that_may_commit_is_not_stale():
    committers = {module.name: rules.get_committers(module) for module in PRODUCT}
    stale = [
        f"{module}: {name}"
        for module, names in rules.MAY_COMMIT.items()
        for name in names
        if name not in committers.get(module, {})
    ]
    fail_if_any(stale, "Remove functions that no longer commit from MAY_COMMIT in code_rules.py.")


def test_app_values_has_no_side_effects():
    values = [module for module in APP if module.name.startswith("app/values/")]
    assert values
    fail_if_any(find_offenders(rules.is_impure, values), "app/values takes what it needs as parameters.")


def test_the_product_has_no_network_client():
    fail_if_any(find_offenders(rules.uses_the_network, PRODUCT), "Spikecast sends no requests.")


def test_no_module_executes_text_or_marks_it_as_safe():
    fail_if_any(find_offenders(rules.executes_text, PRODUCT), "Parse the text instead.")


def test_every_module_and_public_function_has_a_docstring():
    fail_if_any(find_offenders(rules.lacks_docstrings, APP), "Write a docstring.")


BAD_EXAMPLES = [
    (rules.reads_the_time, "app/x.py", "stamp = datetime.now(UTC)"),
    (rules.reads_the_time, "app/x.py", "day = datetime.date.today()"),
    (rules.reads_the_time, "app/x.py", "sa.func.now()"),
    (rules.reads_the_time, rules.CLOCK, "stamp = datetime.utcnow()"),
    (rules.reads_the_time, "app/x.py", "import time"),
    (rules.reads_the_time, "app/x.py", "from time import time_ns"),
    (rules.reads_the_time, "app/x.py", "query = 'SELECT CURRENT_TIMESTAMP'"),
    (rules.commits_elsewhere, "app/x.py", "def save():\n    db.session.commit()"),
    (
        rules.commits_elsewhere,
        "app/x.py",
        "@blueprint.route('/')\ndef view():\n    session.commit()\n    session.commit()",
    ),
    (rules.is_impure, "app/values/x.py", "import flask"),
    (rules.is_impure, "app/values/x.py", "from app.core import clock"),
    (rules.is_impure, "app/values/x.py", "import os"),
    (rules.is_impure, "app/values/x.py", "import random\nrandom.random()"),
    (rules.uses_the_network, "app/x.py", "from urllib.request import urlopen"),
    (rules.uses_the_network, "app/x.py", "import socket"),
    (rules.executes_text, "app/x.py", "eval(text)"),
    (rules.executes_text, "app/x.py", "Markup(text)"),
    (rules.lacks_docstrings, "app/x.py", "import os"),
    (rules.lacks_docstrings, "app/x.py", "'''Module.'''\ndef public():\n    return 1"),
    (rules.lacks_docstrings, "app/x.py", "'''Module.'''\nclass Public:\n    x = 1"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BAD_EXAMPLES)
def test_each_rule_reports_a_bad_example(rule, name, text):
    assert len(list(rule(Module(name, text)))) == 1


def test_an_exception_to_a_rule_applies_only_to_its_module():
    assert not list(rules.reads_the_time(Module(rules.CLOCK, "datetime.now(UTC)")))
    assert not list(rules.uses_the_network(Module(rules.MAY_IMPORT_SOCKET, "import socket")))
    assert list(rules.uses_the_network(Module(rules.MAY_IMPORT_SOCKET, "import requests")))


def test_a_failure_names_each_offender():
    texts = {"app/one.py": "eval(x)", "app/two.py": "x = 1", "app/three.py": "exec(x)"}
    modules = [Module(name, text) for name, text in texts.items()]
    with pytest.raises(pytest.fail.Exception) as failure:
        fail_if_any(find_offenders(rules.executes_text, modules), "Parse the text instead.")
    assert str(failure.value).splitlines() == [
        "Parse the text instead. 2 found:",
        "    app/one.py: calls eval",
        "    app/three.py: calls exec",
    ]
