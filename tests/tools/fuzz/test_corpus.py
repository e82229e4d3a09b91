"""The fuzz corpus has unique values of every kind, and samples cover every value and input."""

import json
from collections import Counter

import pytest

from tools.fuzz import runner, sampling
from tools.fuzz.case import Case
from tools.fuzz.corpus import BY_NAME, VALUES
from tools.fuzz.fixtures import create_fixtures
from tools.fuzz.inputs import Place


def test_the_corpus_has_300_values_and_40_of_each_kind():
    kinds = Counter(value.kind for value in VALUES)
    assert len(VALUES) >= 300
    assert kinds.keys() >= {"number", "text", "instant", "JSON", "address", "header"}
    assert min(kinds[kind] for kind in ("number", "text", "instant", "JSON", "address", "header")) >= 40


def test_every_value_has_a_unique_name():
    assert len(BY_NAME) == len(VALUES)


def test_no_two_values_are_equal():
    counts = Counter((value.json, value.plain, value.escaped) for value in VALUES)
    assert [value for value, times in counts.items() if times > 1] == []


def test_every_value_that_is_not_json_is_marked_as_never_right():
    def is_json(sent: bytes) -> bool:
        try:
            json.loads(sent)
        except (ValueError, RecursionError):
            return False
        return True

    assert [str(value) for value in VALUES if not is_json(value.json) and not value.is_never_right] == []


@pytest.fixture
def inputs(app):
    with create_fixtures(app) as made:
        return runner.find_inputs(made)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_smallest_sample_has_every_value_and_every_input(inputs):
    sent = sampling.cases(inputs, total=1)
    assert {case.value for case in sent} == set(VALUES)
    assert {case.input for case in sent} == set(inputs)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_smallest_sample_has_each_kind_of_value_in_each_input_and_header(inputs):
    def where(input_):
        return input_.at if input_.place is Place.HEADER else input_

    sent = {(where(case.input), case.value.kind) for case in sampling.cases(inputs, total=1)}
    kinds = {value.kind for value in VALUES}
    assert sent == {(where(each), kind) for each in inputs for kind in kinds}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sample_has_the_requested_size_and_depends_on_the_seed(inputs):
    first, same, other = (sampling.cases(inputs, 10_000, seed) for seed in (1, 1, 2))
    assert len(set(first)) == len(set(other)) == 10_000
    assert first == same
    assert len(set(first) - set(other)) > 8_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sample_of_the_maximum_size_has_every_case(inputs):
    few = [each for each in inputs if each.place in (Place.PATH, Place.FORM)][::4]
    sent = sampling.cases(few, total=sampling.count(few))
    assert len(sent) == sampling.count(few)
    assert set(sent) == {Case(input_, value) for input_ in few for value in VALUES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_inputs_of_the_routes_cover_every_place(inputs):
    assert {each.place for each in inputs} == set(Place)
    named = {str(each) for each in inputs}
    assert named >= {
        "POST /api/spike-schedules body:spike_fields.0.step_number",
        "POST /api/spike-schedules key:spike_fields.0",
        "DELETE /api/users/<id:user_id> query:transfer_to",
        "GET /api/audit parameter:",
        "GET /api/data/<name:name>/<type:collection_type> path:name",
        "POST /setup form:token",
        "GET / header:Cookie",
    }
