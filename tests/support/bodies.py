"""For each route that takes JSON, valid bodies that together use every key of its schema."""

from collections.abc import Iterator
from typing import Any

from tests.support.alerts import alert, notification
from tests.support.route_fixtures import RouteFixtures
from tests.support.signing_in import PASSWORD
from tests.support.timestamps import NOW
from tests.support.two_factor import equip

JSON_ROUTES = (
    "POST /api/auth/login",
    "POST /api/auth/change-password",
    "POST /api/auth/change-email",
    "POST /api/auth/two-factor",
    "POST /api/auth/two-factor/confirm",
    "POST /api/auth/two-factor/recovery-codes",
    "POST /api/auth/two-factor/turn-off",
    "POST /api/users",
    "PATCH /api/users/<id:user_id>",
    "POST /api/collections",
    "PATCH /api/collections/<id:collection_id>",
    "POST /api/collections/<id:collection_id>/copy",
    "POST /api/collections/bulk-delete",
    "POST /api/collections/<id:collection_id>/fields",
    "PATCH /api/fields/<id:field_id>",
    "POST /api/spike-schedules",
    "PATCH /api/spike-schedules/<id:spike_id>",
    "POST /api/spike-schedules/<id:spike_id>/extend",
    "POST /api/spike-schedules/preview",
    "POST /api/rehearsals/<id:rehearsal_id>/run-again",
    "PATCH /api/rehearsals/<id:rehearsal_id>",
    "POST /api/api-keys",
    "PATCH /api/api-keys/<id:key_id>",
    "POST /api/alert-receivers",
    "PATCH /api/alert-receivers/<id:receiver_id>",
)

DELIVERY_ROUTES = tuple(
    f"{method} /api/alerts/<id:receiver_id>{token}"
    for method in ("POST", "PUT")
    for token in ("", "/<token>")
)
"""Routes whose JSON is in the format of monitoring tools, so that no schema describes it."""

VALUES = (
    {"value_type": "TEXT_FIXED", "fixed_value_text": "diesel"},
    {"value_type": "NUMBER_FIXED", "fixed_value_number": 7},
    {"value_type": "FLOAT_FIXED", "fixed_value_float": 7.5},
    {"value_type": "NUMBER_RANGE", "range_start_number": 5, "range_end_number": 20},
    {"value_type": "FLOAT_RANGE", "range_start_float": 0.5, "range_end_float": 1.5, "float_precision": 3},
    {
        "value_type": "INCREMENT",
        "start_number": 1,
        "step_number": 2,
        "reset_number": 90,
        "randomization_percentage": 10,
    },
)


def bodies(route_fixtures: RouteFixtures, route: str) -> Iterator[dict[str, Any]]:
    """Yield the bodies of a route, each of which is valid for the current state of the fixtures."""
    name = f"new {route_fixtures.number}"
    user = {"email": "new@example.org", "username": name, "password": PASSWORD, "role": "Viewer"}
    match route:
        case "POST /api/auth/login":
            yield {"login": route_fixtures.holder.name, "password": PASSWORD, "code": "123456"}
        case "POST /api/auth/change-password":
            body = {"current_password": PASSWORD, "new_password": PASSWORD, "code": "123456"}
            yield body | {"revoke_api_keys": False}
        case "POST /api/auth/change-email":
            yield {"current_password": PASSWORD, "email": "other@example.org", "code": "123456"}
        case "POST /api/auth/two-factor":
            yield {"current_password": PASSWORD}
        case "POST /api/auth/two-factor/confirm":
            yield {
                "code": equip(route_fixtures.holder.app, route_fixtures.holder.user_id, is_on=False).code()
            }
        case "POST /api/auth/two-factor/recovery-codes" | "POST /api/auth/two-factor/turn-off":
            authenticator = equip(route_fixtures.holder.app, route_fixtures.holder.user_id)
            yield {"current_password": PASSWORD, "code": authenticator.recovery_codes[0]}
        case "POST /api/users":
            yield user
        case "PATCH /api/users/<id:user_id>":
            yield user | {"revoke_api_keys": True}
        case "POST /api/collections" | "PATCH /api/collections/<id:collection_id>":
            yield {"name": name, "owner_id": route_fixtures.holder.user_id}
        case "POST /api/collections/<id:collection_id>/copy":
            yield {"name": name}
        case "POST /api/collections/bulk-delete":
            yield {"collection_ids": [route_fixtures.collection_id]}
        case "POST /api/collections/<id:collection_id>/fields" | "PATCH /api/fields/<id:field_id>":
            for number, values in enumerate(VALUES):
                named = {"field_name": f"f{number}", "metric": f'metric_{number}{{a="1"}}'}
                yield {"collection_type": "Performance", **named, **values}
        case "POST /api/spike-schedules" | "PATCH /api/spike-schedules/<id:spike_id>":
            yield from _spikes(route_fixtures, name)
        case "POST /api/spike-schedules/preview":
            for body in _spikes(route_fixtures, name):
                yield body | {"interval": 30, "schedule_id": route_fixtures.spike_id}
        case "POST /api/rehearsals/<id:rehearsal_id>/run-again":
            expected = _expectations(route_fixtures)
            external_id = expected.pop("external_id")
            times = {"start_datetime": "2032-01-01T00:00:00Z", "duration": 60}
            yield times | {"external_id": external_id, "rehearsal": expected}
        case "POST /api/spike-schedules/<id:spike_id>/extend":
            yield {"duration": 60}
        case "PATCH /api/rehearsals/<id:rehearsal_id>":
            yield _expectations(route_fixtures)
        case "POST /api/api-keys" | "PATCH /api/api-keys/<id:key_id>":
            limit = {"collection_id": route_fixtures.collection_id, "collection_type": "Performance"}
            yield {"label": name, "expires_at": "2027-01-01T00:00:00Z", "allowed_collections": [limit]}
        case _ if route == DELIVERY_ROUTES[0]:
            yield notification(alert(starts_at=NOW) | {"fingerprint": "456ac186cfde8667"})
        case _ if route in DELIVERY_ROUTES:
            yield {"title": name, "status": 1}
        case "POST /api/alert-receivers" | "PATCH /api/alert-receivers/<id:receiver_id>":
            yield {"name": name, "ignored": [{"alertname": "Watchdog", "severity": "none*"}]}


def _spikes(route_fixtures: RouteFixtures, name: str) -> Iterator[dict[str, Any]]:
    override = {"original_field_id": route_fixtures.field_id} | {
        key: value for key, value in VALUES[-1].items() if key != "value_type"
    }
    body = {
        "collection_id": route_fixtures.collection_id,
        "name": name,
        "start_datetime": "2027-01-01T00:00:00Z",
    }
    body["counters_after"] = "continue"
    expected = _expectations(route_fixtures)
    body |= {"external_id": expected.pop("external_id"), "rehearsal": expected}
    yield body | {"end_datetime": "2027-01-01T01:00:00Z", "spike_fields": [override]}
    yield body | {"start_datetime": "2028-01-01T00:00:00Z", "duration": 3600}


def _expectations(route_fixtures: RouteFixtures) -> dict[str, Any]:
    """Return what a rehearsal is to expect, with every setting of both kinds."""
    fires = {"within": 60, "counts_from": 0, "resolve_within": 900, "at_most": 2, "holds": True}
    return {
        "external_id": "ci-4711",
        "receiver_id": route_fixtures.receiver_id,
        "scope": {"instance": "truck-*"},
        "fail_on_unexpected": True,
        "expectations": [
            {"kind": "fires", "match": {"alertname": "EngineHot"}} | fires,
            {"kind": "quiet", "match": {"alertname": "TruckDown"}, "until": 60},
        ],
    }
