"""The sample bodies from which the tests build hostile ones are valid, and use every key."""

import pytest

from tests.support.bodies import JSON_ROUTES, bodies


def schema_of(app, route: str) -> dict:
    method, rule = route.split()
    path = rule.replace("<id:", "{").replace(">", "}")
    description = app.extensions["openapi"]
    body = description["paths"][path][method.lower()]["requestBody"]
    reference = body["content"]["application/json"]["schema"]["$ref"]
    return description["components"]["schemas"][reference.rpartition("/")[2]]


def test_there_are_sample_bodies_for_every_route_that_takes_json(migrated_app):
    taking = {
        f"{method.upper()} {path}"
        for path, item in migrated_app.extensions["openapi"]["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and "requestBody" in operation
    }
    assert {route.replace("<id:", "{").replace(">", "}") for route in JSON_ROUTES} == taking


@pytest.mark.parametrize("route", JSON_ROUTES)
def test_every_sample_body_is_accepted(route_fixtures, admin, route):
    method, rule = route.split()
    for body in bodies(route_fixtures, route):
        response = admin.call(method, route_fixtures.path(rule), body)
        assert response.status_code < 300, response.text


@pytest.mark.any_database
@pytest.mark.parametrize("route", JSON_ROUTES)
def test_the_sample_bodies_use_every_key_of_the_schema(app, route_fixtures, route):
    used = {key for body in bodies(route_fixtures, route) for key in body}
    assert used == schema_of(app, route)["properties"].keys()
