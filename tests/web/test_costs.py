"""Long hostile text in every input there is: little work, little memory, and no fault.

What an input may cost is bounded by three measures: how long a text is that anything normalises, which takes
time quadratic in it; the time of a request; and its memory at the peak. The first is exact, the others are
generous.
"""

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.support.normalizing import MAX_NORMALIZED, spy_on_normalizing
from tools.fuzz import runner
from tools.fuzz.case import Case, Sender
from tools.fuzz.corpus.value import Value, text, written
from tools.fuzz.fixtures import FuzzFixtures, create_fixtures
from tools.fuzz.inputs import Input, Place

LENGTH = 60_000
MAX_SECONDS = 2.0
"""Of one request, on a busy machine; the worst of them took 8 when its text was normalised whole."""
MAX_BYTES = 48 * 1024 * 1024

WORST = text("long", "combining marks that must be sorted", "a" + "\u0315\u0300" * (LENGTH // 2))
OTHERS = (
    text("long", "combining marks", "e" + "\u0301" * LENGTH),
    text("long", "zero-width joiners", "\u200d" * LENGTH),
    text("long", "characters of four bytes", "\U0001f69a" * LENGTH),
    text("long", "Hangul in parts", "\u1100\u1161\u11a8" * (LENGTH // 3)),
    text("long", "ligatures that fall apart", "\ufdfa" * LENGTH),
    text("long", "what is four characters decomposed", "\u1f82" * LENGTH),
    text("long", "letters that folding makes longer", "\u0390\ufb03" * (LENGTH // 2)),
    text("long", "spaces", " " * LENGTH + "x"),
    text("long", "digits", "9" * LENGTH),
    text("long", "wildcards", "%_" * (LENGTH // 2)),
    text("long", "dots and ats", "a@" + "b." * (LENGTH // 2)),
    text("long", "commas", "a," * (LENGTH // 2)),
    text("long", "quotes", '"\\' * (LENGTH // 2)),
    text("long", "nearly an instant", "2026-11-27T08:00:00." + "0" * LENGTH + "Z"),
    written("long", "a number", "9" * LENGTH),
    written("long", "a fraction", "0." + "9" * LENGTH),
    written("long", "an exponent", "1e" + "9" * LENGTH),
    written("long", "nested lists", "[" * LENGTH),
    written("long", "nested objects", '{"a":' * LENGTH),
    written("long", "many empty objects", "[" + ",".join(["{}"] * LENGTH) + "]"),
    written("long", "many numbers", "[" + ",".join(["1"] * LENGTH) + "]"),
)
LONGEST_HEADER = 8_000
SOME_ROUTES = {"GET /", "POST /sign-in", "GET /api/auth/me", "POST /api/auth/login", "GET /api/health"}
"""Where long headers are sent; what reads them is the same for every route."""
SOME_ROUTES |= {"GET /api/data/<name:name>/<collection_type>", "GET /static/<path:filename>"}


def in_a_header(value: Value) -> Value:
    """The same, as long as a server lets a header be."""
    plain = value.plain[:LONGEST_HEADER]
    return Value(value.kind, value.name, value.json, plain, value.escaped)


def cases(made: FuzzFixtures) -> Iterator[Case]:
    """Every input with the worst text and another one, so that each has its turn."""
    for number, each in enumerate(runner.find_inputs(made)):
        if each.place is Place.HEADER and str(each.route) not in SOME_ROUTES:
            continue
        for value in (WORST, OTHERS[number % len(OTHERS)]):
            yield Case(each, in_a_header(value) if each.place is Place.HEADER else value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_long_text_costs_little_in_every_input_there_is(app, monkeypatch):
    normalized = spy_on_normalizing(monkeypatch)
    places: set[Place] = set()
    with create_fixtures(app) as made:
        sender = Sender(made)
        for case in cases(made):
            made.prepare_for(case.input.route)
            sent = sender.request(case)
            normalized.clear()
            begun = time.process_time()
            answer = sender.send(sent)
            took = time.process_time() - begun
            assert max(normalized, default=0) <= MAX_NORMALIZED, case
            assert took < MAX_SECONDS, f"{case} took {took:.1f} s"
            assert answer.status_code < 500, case
            places.add(case.input.place)
            if made.take_snapshot() != made.snapshot:
                made.restore()
    assert places == set(Place)


def heaviest(made: FuzzFixtures) -> list[Input]:
    """One input of each kind in the body of each route: addresses and headers are short in any server."""
    found: dict[tuple[str, Place], Input] = {}
    for each in runner.find_inputs(made):
        if each.place in (Place.BODY, Place.KEY, Place.FORM):
            found.setdefault((str(each.route), each.place), each)
    return list(found.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_long_text_takes_little_memory(app):
    with create_fixtures(app) as made:
        sender = Sender(made)
        for number, each in enumerate(heaviest(made)):
            case = Case(each, (WORST, *OTHERS)[number % (len(OTHERS) + 1)])
            made.prepare_for(case.input.route)
            sent = sender.request(case)
            tracemalloc.start()
            sender.send(sent)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < MAX_BYTES, f"{case} took {peak / 2**20:.0f} MiB"
            if made.take_snapshot() != made.snapshot:
                made.restore()
