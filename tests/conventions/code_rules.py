"""Rules about Python modules. Each takes a module and returns what breaks the rule in it."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef

MAY_COMMIT = {
    "app/auth/account_service.py": {
        "reauthenticate": "a wrong password counts although it is refused",
        "change_email": "an attempt to take another user's address counts although it is refused",
    },
    "app/auth/attempts.py": {"_record_wrong_code": "a wrong code counts although it is refused"},
    "app/auth/service.py": {
        "authenticate": "a wrong password counts although it is refused",
        "sign_in": "a right password without the required code is recorded although it is refused",
    },
    "app/generation/expired_spikes.py": {
        "delete_expired": "expired schedules are deleted before a poll is answered, whatever its result",
    },
    "app/generation/reference_polls.py": {
        "_in_transaction": "a poll that advances counters commits before it is answered",
    },
    "app/generation/usage.py": {
        "write": "usage of polls is recorded in a transaction of its own, which may fail"
    },
    "app/domain/audit.py": {
        "_record_refusal": "a refusal is recorded in a transaction of its own",
        "record_refused_poll": "a refusal is recorded in a transaction of its own",
    },
    "app/rehearsals/settling.py": {
        "settle_due": "a result is frozen when it is first read, whatever comes of the request",
    },
    "app/startup.py": {"prepare": "the first start is not a request"},
}
"""Functions besides views and commands that commit, and why."""

CLOCK = "app/core/clock.py"
MAY_IMPORT_TIME = {
    "app/generation/fastpath/sqlite_session.py",
    "app/generation/usage.py",
    "app/core/log_format.py",
    "app/gunicorn_worker.py",
    "migrations/env.py",
}
"""Modules that sleep, or measure durations with a monotonic clock."""

MAY_IMPORT_SOCKET = "app/gunicorn_worker.py"
"""The module that opens a socket to check whether the address is free."""


@dataclass(frozen=True)
class Module:
    """A source file: its path inside the repository, and its text."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def calls(self) -> list[str]:
        return get_calls(self.tree)

    @cached_property
    def imports(self) -> set[str]:
        return set(_get_imports(self.tree))


def load_modules(*patterns: str) -> list[Module]:
    """Return the repository's modules that match any of the glob patterns."""
    paths = sorted({path for pattern in patterns for path in REPOSITORY.glob(pattern)})
    return [Module(path.relative_to(REPOSITORY).as_posix(), path.read_text()) for path in paths]


def get_calls(tree: ast.AST) -> list[str]:
    """Return the called expressions as source text, such as `db.session.commit`."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def get_committers(module: Module) -> dict[str, int]:
    """Return how often each function commits, without those that never do."""
    commits = {
        function.name: sum(call.endswith(".commit") for call in get_calls(function))
        for function in module.functions
    }
    return {name: count for name, count in commits.items() if count}


def find_offenders(rule: Callable[[Module], Iterator[str]], modules: list[Module]) -> list[str]:
    """Return a line for each offence in any of the modules."""
    return [f"{module.name}: {offence}" for module in modules for offence in rule(module)]


def reads_the_time(module: Module) -> Iterator[str]:
    """Yield calls that read the wall clock, outside of the clock's own module."""
    readers = {"now", "utcnow", "today", "time", "time_ns", "gmtime", "localtime"}
    owners = {"datetime", "date", "time", "func", "dt"}
    allowed = {"datetime.now"} if module.name == CLOCK else set()
    for call in sorted(set(module.calls) - allowed):
        owner, _, name = call.rpartition(".")
        if name in readers and owner.rpartition(".")[2] in owners:
            yield f"calls {call}"
    if "time" in module.imports and module.name not in MAY_IMPORT_TIME:
        yield "imports time"
    if "CURRENT_TIMESTAMP" in module.text:
        yield "has CURRENT_TIMESTAMP"


def commits_elsewhere(module: Module) -> Iterator[str]:
    """Yield functions that commit and may not, or that commit more than once."""
    if module.name.startswith("app/cli/"):
        return
    allowed = MAY_COMMIT.get(module.name, {}).keys() | _get_views(module)
    for name, count in get_committers(module).items():
        if name not in allowed:
            yield f"{name} commits"
        if count > 1:
            yield f"{name} commits {count} times"


def is_impure(module: Module) -> Iterator[str]:
    """Yield what a module of values uses besides pure parts of the standard library."""
    impure = {"os", "io", "socket", "subprocess", "threading", "pathlib", "logging", "time", "secrets"}
    for name in sorted(module.imports):
        is_library = name.split(".")[0] in sys.stdlib_module_names
        if name in impure or not (is_library or name.startswith("app.values")):
            yield f"imports {name}"
    for call in sorted(set(module.calls) - {"random.Random"}):
        if call.startswith("random."):
            yield f"calls {call}; take the random number generator as a parameter"


def uses_the_network(module: Module) -> Iterator[str]:
    """Yield imports of network clients."""
    clients = {"requests", "urllib.request", "urllib3", "http.client", "httpx", "socket", "ftplib", "smtplib"}
    allowed = {"socket"} if module.name == MAY_IMPORT_SOCKET else set()
    yield from (f"imports {name}" for name in sorted(module.imports & clients - allowed))


def executes_text(module: Module) -> Iterator[str]:
    """Yield calls that run text as code, or that mark it as safe markup."""
    dangerous = {"eval", "exec", "pickle.loads", "yaml.load", "Markup", "os.system", "marshal.loads"}
    yield from (f"calls {name}" for name in sorted(dangerous & set(module.calls)))


def lacks_docstrings(module: Module) -> Iterator[str]:
    """Yield the module, and its public functions and classes, where they lack a docstring."""
    if module.tree.body and not ast.get_docstring(module.tree):
        yield "the module has no docstring"
    for node in module.tree.body:
        is_public = isinstance(node, (ast.ClassDef, *Function.__args__)) and not node.name.startswith("_")
        if is_public and not ast.get_docstring(node):
            yield f"{node.name} has no docstring"


def _get_views(module: Module) -> set[str]:
    return {
        function.name
        for function in module.functions
        if any(".route(" in ast.unparse(decorator) for decorator in function.decorator_list)
    }


def _get_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."
