"""Long hostile text in every input: CPU time and memory stay bounded, and no response is a server error.

There are three bounds: the length of text that is normalised, because that takes quadratic time; the CPU time
of a request; and its peak memory. The first bound is exact, the others are generous.
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
"""Per request, on a busy machine. The worst took 8 seconds while its text was still normalised in full."""
MAX_BYTES = 48 * 1024 * 1024

WORST = text("long", "combining marks that must be sorted", "a" + "\u0315\u0300" * (LENGTH // 2))
OTHERS = (
    text("long", "combining marks", "e" + "\u0301" * LENGTH),
    text("long", "zero-width joiners", "\u200d" * LENGTH),
    text("long", "characters of four bytes", "\U0001f69a" * LENGTH),
    text("long", "decomposed Hangul", "\u1100\u1161\u11a8" * (LENGTH // 3)),
    text("long", "ligatures that decompose", "\ufdfa" * LENGTH),
    text("long", "characters that decompose into four", "\u1f82" * LENGTH),
    text("long", "letters that case folding makes longer", "\u0390\ufb03" * (LENGTH // 2)),
    text("long", "spaces", " " * LENGTH + "x"),
    text("long", "digits", "9" * LENGTH),
    text("long", "wildcards", "%_" * (LENGTH // 2)),
    text("long", "dots and at signs", "a@" + "b." * (LENGTH // 2)),
    text("long", "commas", "a," * (LENGTH // 2)),
    text("long", "quotes", '"\\' * (LENGTH // 2)),
    text("long", "nearly a timestamp", "2026-11-27T08:00:00." + "0" * LENGTH + "Z"),
    written("long", "a number", "9" * LENGTH),
    written("long", "a fraction", "0." + "9" * LENGTH),
    written("long", "an exponent", "1e" + "9" * LENGTH),
    written("long", "nested lists", "[" * LENGTH),
    written("long", "nested objects", '{"a":' * LENGTH),
    written("long", "many empty objects", "[" + ",".join(["{}"] * LENGTH) + "]"),
    written("long", "many numbers", "[" + ",".join(["1"] * LENGTH) + "]"),
)
MAX_HEADER_LENGTH = 8_000
HEADER_ROUTES = {"GET /", "POST /sign-in", "GET /api/auth/me", "POST /api/auth/login", "GET /api/health"}
"""The routes that get long headers. Every route parses headers with the same code."""
HEADER_ROUTES |= {"GET /api/data/<name:name>/<collection_type>", "GET /static/<path:filename>"}


def shorten_for_header(value: Value) -> Value:
    """Return the value, cut to the longest header that a server accepts."""
    plain = value.plain[:MAX_HEADER_LENGTH]
    return Value(value.kind, value.name, value.json, plain, value.escaped)


def cases(made: FuzzFixtures) -> Iterator[Case]:
    """Yield each input with the worst text and with one of the others, which take turns."""
    for number, each in enumerate(runner.find_inputs(made)):
        if each.place is Place.HEADER and str(each.route) not in HEADER_ROUTES:
            continue
        for value in (WORST, OTHERS[number % len(OTHERS)]):
            yield Case(each, shorten_for_header(value) if each.place is Place.HEADER else value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_long_text_in_any_input_takes_bounded_time(app, monkeypatch):
    normalized = spy_on_normalizing(monkeypatch)
    places: set[Place] = set()
    with create_fixtures(app) as made:
        sender = Sender(made)
        for case in cases(made):
            made.prepare_for(case.input.route)
            sent = sender.request(case)
            normalized.clear()
            started = time.process_time()
            answer = sender.send(sent)
            took = time.process_time() - started
            assert max(normalized, default=0) <= MAX_NORMALIZED, case
            assert took < MAX_SECONDS, f"{case} took {took:.1f} s"
            assert answer.status_code < 500, case
            places.add(case.input.place)
            if made.take_snapshot() != made.snapshot:
                made.restore()
    assert places == set(Place)


def select_body_inputs(made: FuzzFixtures) -> list[Input]:
    """Return one input per place in the body of each route. Servers limit URLs and headers to short text."""
    found: dict[tuple[str, Place], Input] = {}
    for each in runner.find_inputs(made):
        if each.place in (Place.BODY, Place.KEY, Place.FORM):
            found.setdefault((str(each.route), each.place), each)
    return list(found.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_long_text_in_a_body_takes_bounded_memory(app):
    with create_fixtures(app) as made:
        sender = Sender(made)
        for number, each in enumerate(select_body_inputs(made)):
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
