"""A short fuzz run with every value of the corpus and every input of every route finds no fault."""

import pytest

from tools.fuzz import runner, sampling
from tools.fuzz.environment import fuzz_environment
from tools.fuzz.fixtures import create_fixtures
from tools.fuzz.runner import Runner, Tally

CASES = 7_000
SEEDS = {"sqlite": 1, "postgresql": 2}
"""A different sample of cases for each database."""


def test_a_fuzz_run_has_no_findings(own_database_url, tmp_path):
    tally = Tally()
    with fuzz_environment(own_database_url, tmp_path) as made:
        seed = SEEDS[made.session.dialect.name]
        for _case in Runner(made, tally).all(sampling.cases(runner.find_inputs(made), CASES, seed)):
            assert not tally.findings, "\n".join(map(str, tally.findings))
    assert tally.cases == CASES


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_json_route_without_a_valid_body_raises_lookup_error(app, monkeypatch):
    monkeypatch.setattr("tools.fuzz.inputs.JSON_ROUTES", ())
    with create_fixtures(app) as made, pytest.raises(LookupError, match=r"there is no right body for it"):
        runner.find_inputs(made)
