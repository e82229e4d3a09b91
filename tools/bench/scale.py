"""How long every page and every list takes in a large installation: the time that the server spends."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from flask import Flask

from app.auth import service as auth
from app.auth import tokens
from app.core import clock
from app.db.session import db
from app.models import Actor, User
from tools.bench import datasets, scale_routes, scale_seed, servers, table
from tools.bench.progress import Progress
from tools.bench.scale_routes import Request

TIMES = 7
HEAD = ["database", "who", "request", "queries", "best ms", "median ms", "worst ms", "goal", "goals"]
_SEEDS, _MEASURES = 7, 2


@dataclass(frozen=True)
class Timing:
    """How long one request took, each time, and how many statements reached the database."""

    ask: Request
    queries: int
    ms: list[float]

    @property
    def is_met(self) -> bool:
        """Whether it is usually fast enough."""
        return median(self.ms) < self.ask.most_ms

    @property
    def best(self) -> float:
        """The quickest time: what it takes where nothing else is going on."""
        return min(self.ms)

    def row(self, database: str, who: str) -> list[str]:
        """For a table."""
        method = "POST " if self.ask.body else ""
        times = [f"{each:.1f}" for each in (self.best, median(self.ms), max(self.ms))]
        figures = [f"{self.queries}", *times, f"{self.ask.most_ms}"]
        return [database, who, f"{method}{self.ask.path}", *figures, "met" if self.is_met else "MISSED"]


Found = tuple[str, str, Timing]
"""The database, who asked, and how long it took."""


def report(databases: Sequence[str], *, only_missed: bool = False, markdown: bool = False) -> str:
    """The table of all requests, and how many of them missed; seeding and measuring take minutes."""
    progress = Progress(len(databases) * (_SEEDS + _MEASURES))
    found = [each for database in databases for each in _on(database, progress)]
    progress.end()
    rows = [took.row(database, who) for database, who, took in found if not (only_missed and took.is_met)]
    return f"{(table.markdown if markdown else table.plain)(HEAD, rows)}\n\n{summary(found)}"


def summary(found: Sequence[Found]) -> str:
    """How many there are, and how many of them took too long, usually and always."""
    took = [each for _, _, each in found]
    usually = sum(not each.is_met for each in took)
    always = sum(each.best >= each.ask.most_ms for each in took)
    return f"{len(took)} requests; {usually} missed their goal by the median, {always} by the best time."


def _on(database: str, progress: Progress) -> Iterator[Found]:
    def say(what: str) -> None:
        progress.say(f"{database}: seeding {what}")
        progress.step()

    with servers.place(database) as place, place.database("large") as url, datasets.open_app(url) as app:
        admin, editor = scale_seed.large(say)
        found = scale_routes.find_route_arguments(editor)
        for who, actor in (("Admin", admin), ("Editor", editor)):
            progress.say(f"{database}: every request as {who}")
            for took in measure(app, actor, list(scale_routes.build_requests(app, found))):
                yield database, who, took
            progress.step()


def measure(app: Flask, actor: Actor, asks: list[Request]) -> Iterator[Timing]:
    """Each request a few times, after once to warm up, through the WSGI app."""
    headers = {"Authorization": f"Bearer {_token(actor)}"}
    forbidden = set() if actor.is_admin else scale_routes.for_admins(app)
    for ask in asks:
        if ask.rule in forbidden:
            continue
        queries, ms = 0, []
        for _ in range(TIMES + 1):
            queries, milliseconds = _once(app, ask, headers)
            ms.append(milliseconds)
        yield Timing(ask, queries, ms[1:])


def _token(actor: Actor) -> str:
    user = db.session.get_one(User, actor.user_id)
    client = auth.Client("127.0.0.1", "bench")
    sign_in = auth.create_sign_in(user, client, clock.now())
    db.session.commit()
    return str(tokens.issue_tokens(user, sign_in)["access_token"])


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
