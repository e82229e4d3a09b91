"""Every example of a verdict in docs/semantics.md."""

import json
import re
from pathlib import Path

import pytest

from tests.support.verdicts import episode, fires, quiet, state_of

SEMANTICS = Path(__file__).parents[2] / "docs" / "semantics.md"
NUMBER = r"-?[0-9]+"


def read_examples():
    """Return the rows of the tables of rules: a rule, a setting, what arrived, an instant and a state."""
    tables = re.findall(
        r"^\| For .*\| Setting \| Arrived \| At \| State \|\n\| .*\n((?:\|.*\n)+)",
        SEMANTICS.read_text(),
        re.M,
    )
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for table in tables
        for line in table.splitlines()
    ]


EXAMPLES = read_examples()


def read_settings(text):
    settings = {}
    for part in filter(None, text.strip("`").split(", ")):
        if ": " in part:
            name, value = part.split(": ")
            settings[name] = json.loads(value)
    return settings


def test_there_are_examples_of_both_kinds():
    assert len(EXAMPLES) >= 24
    assert {row[-1] for row in EXAMPLES} >= {"met", "fired", "flapped", "late"}


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_the_documented_example_holds(row):
    _rule, setting, arrived, at, state = row
    settings = read_settings(setting)
    expectation = quiet(**settings) if "quiet" in setting else fires(**settings)
    found = re.findall(rf"`({NUMBER})–({NUMBER})?`", arrived)
    assert len(found) == arrived.count("–")
    episodes = [
        episode(
            int(start), int(end) if end else None, labels={"alertname": "EngineHot", "number": str(number)}
        )
        for number, (start, end) in enumerate(found)
    ]
    assert state_of(expectation, float(at), *episodes, polled="not polled" not in setting) == state
