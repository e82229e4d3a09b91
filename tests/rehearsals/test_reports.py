"""A rehearsal as JUnit XML and as Markdown."""

from xml.etree import ElementTree

import pytest

from app.rehearsals.junit import render_junit
from app.rehearsals.markdown import escape, render_markdown
from tests.support.verdicts import episode, fires, quiet, result_of

HOSTILE = "a\x00\x0b]]><b>\"'&\n| `x` [link](http://evil) @admin #1 \ud800"


def rehearsal(*args, **more):
    """Return a rehearsal as the API returns it."""
    result = result_of(
        *args, **{key: more.pop(key) for key in ("strict", "cancelled", "polled") if key in more}
    )
    return {
        "id": 81,
        "collection_name": "Truck 01",
        "name": "Overheating",
        "start_datetime": "2026-11-29T12:00:00Z",
        "end_datetime": "2026-11-29T12:02:00Z",
        "state": result.state.value,
        "external_id": "ci-4711",
        "settled_at": None,
        "fail_on_unexpected": False,
        "delay": result.delay,
        "false_alarms": result.false_alarms,
        "polls": [{"label": "prometheus", "polls": 12, "first_after": 3.5}],
        "expectations": result.expectations,
        "unexpected": result.unexpected,
        "warnings": result.warnings,
        **more,
    }


def parse(document):
    return ElementTree.fromstring(render_junit(document).encode("utf-8", "strict"))  # noqa: S314


MIXED = [fires(), quiet(), fires({"alertname": "TruckDown"}), fires({"alertname": "Late"}, within=500)]


def test_junit_has_a_case_for_each_expectation():
    root = parse(rehearsal(MIXED, 160, episode(22, 130)))
    suite = root.find("testsuite")
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    assert counts.items() <= root.attrib.items()
    assert suite.get("name") == "Truck 01: Overheating"
    met, fired, missed, waiting = suite.findall("testcase")
    assert met.attrib == {
        "classname": "Truck 01.Overheating",
        "name": "EngineHot fires within 1 min, once, and resolves within 30 s of the end",
        "time": "22.000",
    }
    assert list(met) == []
    assert fired.find("failure").get("type") == "fired"
    assert "alertname=EngineHot" in fired.find("failure").text
    assert missed.find("failure").get("message").startswith("did not fire within 60 s")
    assert waiting.find("skipped").get("message") == "has not fired yet (500 s allowed)"


def test_junit_tells_what_cannot_be_judged_as_an_error():
    suite = parse(rehearsal([fires()], 160, polled=())).find("testsuite")
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert suite.find("testcase/error").get("type") == "not-looked"


def test_junit_skips_what_was_cancelled():
    suite = parse(rehearsal([fires(), quiet()], 160, cancelled=True, fail_on_unexpected=True)).find(
        "testsuite"
    )
    assert (suite.get("tests"), suite.get("skipped")) == ("3", "3")


def test_junit_has_a_case_for_unexpected_alerts_where_they_fail_it():
    other = episode(30, labels={"alertname": "X"})
    strict = rehearsal([quiet()], 160, other, strict=True, fail_on_unexpected=True)
    case = parse(strict).findall("testsuite/testcase")[-1]
    assert (case.get("name"), case.find("failure").get("type")) == ("nothing else fires", "unexpected")
    calm = rehearsal([quiet()], 160, strict=True, fail_on_unexpected=True)
    assert len(parse(calm).findall("testsuite/testcase")) == 2
    told = parse(rehearsal([quiet()], 160, other))
    assert "Unexpected: fired after 30.0 s" in told.find("testsuite/system-out").text


@pytest.mark.parametrize("render", [render_junit, render_markdown])
def test_a_report_can_always_be_encoded(render):
    hostile = rehearsal([fires({HOSTILE: HOSTILE})], 160, name=HOSTILE, collection_name=HOSTILE)
    hostile["external_id"] = hostile["polls"][0]["label"] = HOSTILE
    assert render(hostile).encode("utf-8")


def test_junit_of_hostile_names_is_well_formed_and_keeps_them():
    hostile = rehearsal([fires({"alertname": HOSTILE})], 160, episode(22, 130, labels={"alertname": HOSTILE}))
    suite = parse({**hostile, "name": HOSTILE}).find("testsuite")
    shown = HOSTILE.replace("\x00", "\ufffd").replace("\x0b", "\ufffd").replace("\ud800", "\ufffd")
    assert suite.get("name") == f"Truck 01: {shown}"


def test_markdown_tells_all():
    other = episode(30, labels={"alertname": "X"})
    report = render_markdown(rehearsal([fires(), quiet()], 160, episode(21.81, 131.8, starts=16.8), other))
    assert report == (
        "# Overheating: failed\n"
        "\n"
        "| | |\n"
        "| --- | --- |\n"
        "| Collection | Truck 01 |\n"
        "| Window | 2026-11-29T12:00:00Z to 2026-11-29T12:02:00Z |\n"
        "| Run | ci-4711 |\n"
        "| Delay | 21.8 s |\n"
        "| False alarms | 2 |\n"
        "\n"
        "## Expectations\n"
        "\n"
        "- **met**: EngineHot fires within 1 min, once, and resolves within 30 s of the end; "
        "fired after 21.8 s (60 s allowed), resolved 11.8 s after the end "
        "(poll 3.5 s, rule 13.3 s, notification 5 s)\n"
        "- **fired**: EngineHot stays quiet until the end; fired after 21.8 s, though it should stay quiet\n"
        "\n"
        "## Unexpected alerts\n"
        "\n"
        "- alertname=X: fired after 30 s, not resolved\n"
        "\n"
        "## Polls\n"
        "\n"
        "- prometheus: 12 polls, first 3.5 s after the start\n"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain text, 21.8 s (60 s allowed)", "plain text, 21.8 s (60 s allowed)"),
        ("two\nlines\u2028three", "two lines three"),
        ("a|b", "a\\|b"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("[x](javascript:1)", "\\[x\\](javascript:1)"),
        ("http://evil www.evil", "http\\://evil www\\.evil"),
        ("*_~`$&", "\\*\\_\\~\\`\\$\\&"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\u2060. no list"),
        ("# no heading", "\\#\u2060 no heading"),
        ("@everyone", "\\@\u2060everyone"),
        ("\u202egnp.exe", "gnp.exe"),
    ],
)
def test_markdown_shows_hostile_text_as_it_is(text, escaped):
    assert escape(text) == escaped
