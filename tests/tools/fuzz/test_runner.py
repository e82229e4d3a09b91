"""Every value of the corpus and every input of every route, in a short run: nothing is to be found."""

import pytest

from tools.fuzz import runner, sampling
from tools.fuzz.environment import fuzz_environment
from tools.fuzz.fixtures import create_fixtures
from tools.fuzz.runner import Runner, Tally

CASES = 4_000
SEEDS = {"sqlite": 1, "postgresql": 2}
"""Other values in the same inputs."""


def test_nothing_is_found(own_database_url, tmp_path):
    tally = Tally()
    with fuzz_environment(own_database_url, tmp_path) as made:
        seed = SEEDS[made.session.dialect.name]
        for _case in Runner(made, tally).all(sampling.cases(runner.find_inputs(made), CASES, seed)):
            assert not tally.findings, "\n".join(map(str, tally.findings))
    assert tally.cases == CASES


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_route_without_a_right_body_does_not_go_unnoticed(app, monkeypatch):
    monkeypatch.setattr("tools.fuzz.inputs.JSON_ROUTES", ())
    with create_fixtures(app) as made, pytest.raises(LookupError, match=r"there is no right body for it"):
        runner.find_inputs(made)
