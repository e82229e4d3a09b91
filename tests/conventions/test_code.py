"""Rules about the code itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
PRODUCT = sorted(
    [
        *HERE.glob("app/**/*.py"),
        *HERE.glob("migrations/**/*.py"),
        *HERE.glob("settings/*.py"),
        *(HERE / name for name in ("config.py", "wsgi.py")),
    ]
)
Function = ast.FunctionDef | ast.AsyncFunctionDef

# What commits besides views and commands, and why.
MAY_COMMIT = {
    "app/auth/service.py": {
        "authenticate": "a wrong guess must be remembered although it is refused",
        "reauthenticate": "a wrong guess must be remembered although it is refused",
        "_is_right": "a wrong guess must be remembered although it is refused",
        "change_email": "that it was tried to take another's address must be remembered",
        "sign_in": "that a right password came without a code must be noted although it is refused",
    },
    "app/auth/two_factor/service.py": {"confirm": "a wrong guess must be remembered although it is refused"},
    "app/generation/service.py": {
        "clear_expired": "expired schedules go before anything is served, and whatever is",
    },
    "app/generation/usage.py": {"write": "noting polls is a transaction of its own, which may fail"},
    "app/domain/audit.py": {
        "_record_refusal": "a refusal is recorded in a transaction of its own",
        "record_refused_poll": "a refusal is recorded in a transaction of its own",
    },
    "app/startup.py": {"prepare": "the first start is no request"},
}


def place(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), place(path))


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def calls(tree: ast.AST) -> Iterator[str]:
    """What is called, as it is written: `db.session.commit`."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def is_view(function: Function) -> bool:
    return any(".route(" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_there_is_code_to_look_at():
    assert len(PRODUCT) > 40


ONLY_WAIT = {
    "app/generation/fastpath/connection.py",
    "app/generation/usage.py",
    "app/core/log_format.py",
    "app/gunicorn_worker.py",
    "migrations/env.py",
}
"""They wait, or tell how long something took, by a clock that knows no hour."""


@pytest.mark.parametrize("path", PRODUCT, ids=place)
def test_only_the_clock_reads_the_time(path):
    readers = {"now", "utcnow", "today", "time", "time_ns", "gmtime", "localtime"}
    modules = {"datetime", "date", "time", "func", "dt"}
    found = {
        call for call in calls(parsed(path)) if call.split(".")[-1] in readers and call.split(".")[-2:-1]
    }
    found = {call for call in found if call.split(".")[-2] in modules}
    assert found == ({"datetime.now"} if place(path) == "app/core/clock.py" else set())
    only_waits = place(path) in ONLY_WAIT
    assert only_waits or "time" not in imported(parsed(path))
    assert "CURRENT_TIMESTAMP" not in path.read_text()


@pytest.mark.parametrize("path", PRODUCT, ids=place)
def test_views_and_commands_commit_and_nobody_else(path):
    tree = parsed(path)
    committing = {
        function.name: [call for call in calls(function) if call.endswith(".commit")]
        for function in functions(tree)
    }
    allowed = MAY_COMMIT.get(place(path), {}).keys() | {
        view.name for view in functions(tree) if is_view(view)
    }
    for name, commits in committing.items():
        if commits and not place(path).startswith("app/cli/"):
            assert name in allowed, f"{name} commits"
            assert len(commits) == 1, f"{name} commits more than once"


def test_what_may_commit_does():
    """Or the list above would go stale."""
    for module, names in MAY_COMMIT.items():
        tree = parsed(HERE / module)
        found = {
            each.name for each in functions(tree) if any(call.endswith(".commit") for call in calls(each))
        }
        assert names.keys() <= found


@pytest.mark.parametrize("path", sorted(HERE.glob("app/values/*.py")), ids=place)
def test_values_are_pure(path):
    outside = {name for name in imported(parsed(path)) if name.split(".")[0] not in sys.stdlib_module_names}
    assert all(name.startswith("app.values") for name in outside)
    impure = {"os", "io", "socket", "subprocess", "threading", "pathlib", "logging", "time", "secrets"}
    assert not impure & set(imported(parsed(path)))
    drawn = {call for call in calls(parsed(path)) if call.startswith("random.")}
    assert drawn <= {"random.Random"}, "randomness is a parameter"


@pytest.mark.parametrize("path", PRODUCT, ids=place)
def test_the_product_fetches_nothing_from_the_network(path):
    clients = {"requests", "urllib.request", "urllib3", "http.client", "httpx", "socket", "ftplib", "smtplib"}
    listens = (
        {"socket"} if place(path) == "app/gunicorn_worker.py" else set()
    )  # it looks whether the address is free
    assert not (clients - listens) & set(imported(parsed(path)))


@pytest.mark.parametrize("path", PRODUCT, ids=place)
def test_nothing_is_executed_or_trusted_that_came_as_text(path):
    dangerous = {"eval", "exec", "pickle.loads", "yaml.load", "Markup", "os.system", "marshal.loads"}
    assert not dangerous & set(calls(parsed(path)))


@pytest.mark.parametrize("path", sorted(HERE.glob("app/**/*.py")), ids=place)
def test_every_module_and_function_says_what_it_is_for(path):
    tree = parsed(path)
    if tree.body:
        assert ast.get_docstring(tree)
    for node in tree.body:
        public = isinstance(node, (ast.ClassDef, *Function.__args__)) and not node.name.startswith("_")
        assert not public or ast.get_docstring(node), node.name
