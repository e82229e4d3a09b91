"""Requests generated from the OpenAPI document: each response is documented, and none is a server error.

For each operation and role, schemathesis generates EXAMPLES valid requests and as many invalid ones, always
the same. SQLite only: the tests are about the document and the validation of input.

All checks of schemathesis are on. `use_after_free`, `ensure_resource_availability` and
`object_level_authorization` need several requests in a row and check nothing here:
`tests/conventions/test_access.py` and the tests of each resource cover that.
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
# A schema cannot express every rule, such as that a range starts before it ends.
SEMANTIC_REFUSALS = {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422", "429"]}
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": SEMANTIC_REFUSALS}})


@pytest.fixture
def operations(app) -> list[APIOperation]:
    schema = schemathesis.openapi.from_dict(copy.deepcopy(app.extensions["openapi"]), config=CONFIG)
    schema.app = app
    return [each.ok() for each in schema.get_all_operations()]


def can_be_invalid(operation: APIOperation) -> bool:
    """Return whether the schema of the operation's requests could forbid anything."""
    return bool(operation.path_parameters or operation.query or operation.body)


def use_existing_ids(route_fixtures: RouteFixtures, case: Case) -> None:
    """Replace the ids in the case by those of existing resources."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = getattr(route_fixtures, name)
    if isinstance(case.body, dict) and "collection_id" in case.body:
        case.body["collection_id"] = route_fixtures.collection_id


def check_operation(
    operation: APIOperation, mode: GenerationMode, route_fixtures: RouteFixtures, caller: Caller
) -> None:
    """Send generated requests of one operation. Raises at the first undocumented response."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), uses_existing_ids=st.booleans())
    def send(case: Case, uses_existing_ids: bool) -> None:
        repaired = []
        if uses_existing_ids:
            use_existing_ids(route_fixtures, case)
            repaired = [negative_data_rejection]  # the replaced id may be what the schema forbade
        case.call_and_validate(headers=caller.headers, checks=CHECKS, excluded_checks=repaired)

    send()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["nobody", "tool", *map(str.lower, Role)])
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name.lower()
)
def test_every_response_matches_the_openapi_document(app, operations, nobody, mode, who):
    for number, operation in enumerate(operations):
        if mode is GenerationMode.NEGATIVE and not can_be_invalid(operation):
            continue
        # New people each time: the operation before may have signed them out, or deleted them.
        people = {role.lower(): add_user(app, role, f"{role.lower()}{number}") for role in Role}
        owner = people["editor"]
        route_fixtures = RouteFixtures({"admin": people["admin"], "owner": owner}, owner)
        check_operation(
            operation, mode, route_fixtures, {"nobody": nobody, "tool": route_fixtures.tool, **people}[who]
        )
