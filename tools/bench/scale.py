"""The server time of every page and every list in a large installation."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from flask import Flask

from app.auth import service as auth
from app.auth import tokens
from app.auth.api_keys import service as keys
from app.auth.attempts import Client
from app.core import clock
from app.db.session import db
from app.models import Actor, User
from app.web.access import AccessRule
from tools.bench import datasets, scale_routes, scale_seed, servers, table
from tools.bench.progress import Progress
from tools.bench.scale_routes import Request

TIMES = 7
HEAD = ["database", "who", "request", "queries", "best ms", "median ms", "worst ms", "goal", "goals"]
_SEEDS, _MEASURES = 9, 2


@dataclass(frozen=True)
class Timing:
    """The durations of one request in milliseconds, and its number of database statements."""

    ask: Request
    queries: int
    ms: list[float]

    @property
    def is_met(self) -> bool:
        """Whether the median is within the limit."""
        return median(self.ms) < self.ask.most_ms

    @property
    def best(self) -> float:
        """The shortest duration, which is the least disturbed by other processes."""
        return min(self.ms)

    def row(self, database: str, who: str) -> list[str]:
        """Return the timing as a row of a table."""
        method = "POST " if self.ask.body else ""
        times = [f"{each:.1f}" for each in (self.best, median(self.ms), max(self.ms))]
        figures = [f"{self.queries}", *times, f"{self.ask.most_ms}"]
        return [database, who, f"{method}{self.ask.path}", *figures, "met" if self.is_met else "MISSED"]


Found = tuple[str, str, Timing]
"""The database, the user who sent the request, and its timing."""


def report(databases: Sequence[str], *, only_missed: bool = False, markdown: bool = False) -> str:
    """Return the table of all requests and the number that missed their limits. Takes minutes."""
    progress = Progress(len(databases) * (_SEEDS + _MEASURES))
    timings = [each for database in databases for each in _on(database, progress)]
    progress.end()
    rows = [took.row(database, who) for database, who, took in timings if not (only_missed and took.is_met)]
    return f"{(table.markdown if markdown else table.plain)(HEAD, rows)}\n\n{summary(timings)}"


def summary(timings: Sequence[Found]) -> str:
    """Return how many requests there are, and how many took too long in the median and in the best case."""
    took = [each for _, _, each in timings]
    usually = sum(not each.is_met for each in took)
    always = sum(each.best >= each.ask.most_ms for each in took)
    return f"{len(took)} requests; {usually} missed their goal by the median, {always} by the best time."


def _on(database: str, progress: Progress) -> Iterator[Found]:
    def say(what: str) -> None:
        progress.say(f"{database}: seeding {what}")
        progress.step()

    with servers.place(database) as place, place.database("large") as url, datasets.open_app(url) as app:
        admin, editor = scale_seed.large(say)
        arguments = scale_routes.find_route_arguments(editor)
        for who, actor in (("Admin", admin), ("Editor", editor)):
            progress.say(f"{database}: every request as {who}")
            for took in measure(app, actor, list(scale_routes.build_requests(app, arguments))):
                yield database, who, took
            progress.step()


def measure(app: Flask, actor: Actor, asks: list[Request]) -> Iterator[Timing]:
    """Send each request several times through the WSGI app, after one warm-up, and yield its timing."""
    token, key = {"Authorization": f"Bearer {_token(actor)}"}, {"X-API-Key": _key(actor)}
    forbidden = set() if actor.is_admin else scale_routes.rules_for(app, AccessRule.ADMIN)
    with_key = scale_routes.rules_for(app, AccessRule.API_KEY)
    for ask in asks:
        if ask.rule in forbidden:
            continue
        queries, ms = 0, []
        for _ in range(TIMES + 1):
            queries, milliseconds = _once(app, ask, key if ask.rule in with_key else token)
            ms.append(milliseconds)
        yield Timing(ask, queries, ms[1:])


def _token(actor: Actor) -> str:
    user = db.session.get_one(User, actor.user_id)
    client = Client("127.0.0.1", "bench")
    sign_in = auth.create_sign_in(user, client, clock.now())
    db.session.commit()
    return str(tokens.issue_tokens(user, sign_in)["access_token"])


def _key(actor: Actor) -> str:
    _key, secret = keys.create_key(actor, {"label": "bench"}, clock.now())
    db.session.commit()
    return secret


def _once(app: Flask, ask: Request, headers: dict[str, str]) -> tuple[int, float]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        began = time.perf_counter()
        method = "POST" if ask.body else "GET"
        response = app.test_client().open(ask.path, method=method, headers=headers, json=ask.body)
        passed = time.perf_counter() - began
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    if response.status_code != 200:
        raise RuntimeError(f"{ask.path} answers {response.status}: {response.text[:500]}")
    return len(statements), passed * 1000
