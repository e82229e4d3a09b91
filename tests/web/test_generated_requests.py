"""Requests made up from the OpenAPI document: each answer is one that the document tells, and none a fault.

How it is bounded: for each operation there are EXAMPLES requests that its schema allows and as many that it
forbids, always the same ones; each is sent by every role. Only on SQLite, for what is tested is the document
and the way in.
"""

import copy

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi import checks

from app.models import Role
from tests.conftest import person
from tests.support.client import Caller
from tests.support.things import Things

EXAMPLES = 4
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def operations(app) -> list[APIOperation]:
    schema = schemathesis.openapi.from_dict(copy.deepcopy(app.extensions["openapi"]))
    schema.app = app
    return [each.ok() for each in schema.get_all_operations()]


def can_be_wrong(operation: APIOperation) -> bool:
    """Whether there is anything about its requests that a schema could forbid."""
    return bool(operation.path_parameters or operation.query or operation.body)


def about(things: Things, case: Case) -> None:
    """Let the case be about things that are there."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = getattr(things, name)
    if isinstance(case.body, dict) and "collection_id" in case.body:
        case.body["collection_id"] = things.collection_id


def ask(operation: APIOperation, mode: GenerationMode, things: Things, callers: list[Caller]) -> None:
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
        if is_about_things:
            about(things, case)
        for caller in callers:
            case.call_and_validate(headers=caller.headers, checks=CHECKS)

    send()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name.lower()
)
def test_every_answer_is_one_that_the_document_tells(app, operations, nobody, mode):
    for number, operation in enumerate(operations):
        if mode is GenerationMode.NEGATIVE and not can_be_wrong(operation):
            continue
        # New people each time: the operation before may have signed them out, or deleted them.
        viewer, owner, admin = (person(app, role, f"{role.lower()}{number}") for role in reversed(Role))
        things = Things({"admin": admin, "owner": owner}, owner)
        ask(operation, mode, things, [nobody, things.tool, viewer, owner, admin])
