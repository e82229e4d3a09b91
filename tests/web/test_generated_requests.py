"""Requests made up from the OpenAPI document: each answer is one that the document tells, and none a fault.

How it is bounded: for each operation there are EXAMPLES requests that its schema allows and as many that it
forbids, always the same ones, for each role. Only on SQLite, for what is tested is the document and the way
in.

All checks of schemathesis are on. `use_after_free`, `ensure_resource_availability` and
`object_level_authorization` look at several requests in a row and find nothing to look at here:
`tests/conventions/test_access.py` and the tests of each thing do that.
"""

import copy

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS as CHECKS_BY_NAME
from schemathesis.checks import load_all_checks, negative_data_rejection
from schemathesis.config import SchemathesisConfig

from app.models import Role
from tests.conftest import add_user
from tests.support.client import Caller
from tests.support.route_fixtures import RouteFixtures

EXAMPLES = 4
load_all_checks()
CHECKS = [CHECKS_BY_NAME.get_one(name) for name in CHECKS_BY_NAME.get_all_names()]
# Rules that no schema tells, such as that a range is not inside out: the input is understood, and refused.
WHERE_A_SCHEMA_ENDS = {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422", "429"]}
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": WHERE_A_SCHEMA_ENDS}})


@pytest.fixture
def operations(app) -> list[APIOperation]:
    schema = schemathesis.openapi.from_dict(copy.deepcopy(app.extensions["openapi"]), config=CONFIG)
    schema.app = app
    return [each.ok() for each in schema.get_all_operations()]


def can_be_wrong(operation: APIOperation) -> bool:
    """Whether there is anything about its requests that a schema could forbid."""
    return bool(operation.path_parameters or operation.query or operation.body)


def about(things: RouteFixtures, case: Case) -> None:
    """Let the case be about things that are there."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = getattr(things, name)
    if isinstance(case.body, dict) and "collection_id" in case.body:
        case.body["collection_id"] = things.collection_id


def ask(operation: APIOperation, mode: GenerationMode, things: RouteFixtures, caller: Caller) -> None:
    """Send the requests of one operation; raises at the first answer that the document does not tell."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_about_things=st.booleans())
    def send(case: Case, is_about_things: bool) -> None:
        repaired = []
        if is_about_things:
            about(things, case)
            repaired = [negative_data_rejection]  # what the schema forbade may be what was put right
        case.call_and_validate(headers=caller.headers, checks=CHECKS, excluded_checks=repaired)

    send()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["nobody", "tool", *map(str.lower, Role)])
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name.lower()
)
def test_every_answer_is_one_that_the_document_tells(app, operations, nobody, mode, who):
    for number, operation in enumerate(operations):
        if mode is GenerationMode.NEGATIVE and not can_be_wrong(operation):
            continue
        # New people each time: the operation before may have signed them out, or deleted them.
        people = {role.lower(): add_user(app, role, f"{role.lower()}{number}") for role in Role}
        owner = people["editor"]
        things = RouteFixtures({"admin": people["admin"], "owner": owner}, owner)
        ask(operation, mode, things, {"nobody": nobody, "tool": things.tool, **people}[who])
