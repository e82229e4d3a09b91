"""Runner: sends each case, checks the response, and restores the database."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tools.fuzz.case import Case, Sender
from tools.fuzz.fixtures import FuzzFixtures
from tools.fuzz.inputs import Input, find_routes, get_inputs
from tools.fuzz.oracle import Oracle

RESTORE_INTERVAL = 500
"""The number of cases between restores of the tables that record failed sign-ins and refusals."""


@dataclass(frozen=True)
class Finding:
    """A fault of one response, with the request that caused it."""

    case: str
    status: int
    fault: str
    sent: str

    def __str__(self) -> str:
        return f"{self.case}\n  answered {self.status}: {self.fault}\n  {self.sent}"


@dataclass
class Tally:
    """The number of cases by part and status class, such as "4xx", and the findings."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def count(self, part: str, status: int) -> None:
        """Count a response."""
        self.answers[part, f"{status // 100}xx"] += 1

    @property
    def cases(self) -> int:
        """The number of cases that were run."""
        return sum(self.answers.values())


def find_inputs(fixtures: FuzzFixtures) -> list[Input]:
    """Return every input of every route."""
    return [
        each for route in find_routes(fixtures.app) for each in get_inputs(route, fixtures.get_bodies(route))
    ]


class Runner:
    """Sends cases to an app and checks the responses."""

    def __init__(self, fixtures: FuzzFixtures, tally: Tally) -> None:
        self.fixtures, self.tally = fixtures, tally
        self.sender, self.oracle = Sender(fixtures), Oracle(fixtures.app)
        self.name = fixtures.things.collection["name"]
        self._since_put_back = 0

    def all(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Send the cases, and yield each after it was checked."""
        for case in cases:
            self.one(case)
            yield case

    def one(self, case: Case) -> None:
        """Send a case, check the response, and undo its changes."""
        fixtures = self.fixtures
        fixtures.prepare_for(case.input.route)
        sent = self.sender.request(case)
        answer = self.sender.send(sent)
        snapshot = fixtures.take_snapshot()
        changed = snapshot != fixtures.snapshot
        self.tally.count(case.input.place, answer.status_code)
        for fault in self.oracle.find_faults(case, sent, answer, changed, self.name):
            self.tally.findings.append(Finding(str(case), answer.status_code, fault, sent.curl()))
        self._since_put_back += 1
        if changed or self._since_put_back >= RESTORE_INTERVAL:
            self._since_put_back = 0
            fixtures.restore()
