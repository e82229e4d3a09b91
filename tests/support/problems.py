"""Assertions about the problem details that every refusal of the API contains."""

from http import HTTPStatus
from typing import Any

from werkzeug.test import TestResponse


def refused(response: TestResponse, *statuses: int) -> dict[str, Any]:
    """Return the problem details of `response`, which must be a refusal with one of these statuses."""
    assert response.status_code in statuses, f"{response.status_code}: {response.text[:500]}"
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert problem["status"] == response.status_code
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "detail"))
    if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        assert problem["errors"]
    for path, messages in problem.get("errors", {}).items():
        assert path
        assert messages
        assert all(isinstance(message, str) and message for message in messages)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    return problem


def faults(response: TestResponse) -> dict[str, list[str]]:
    """Return the messages by input of a response that must be 422."""
    return refused(response, 422)["errors"]
