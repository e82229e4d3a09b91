"""API clients for tests: a user, or a monitoring tool with an API key."""

from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse


class Caller:
    """A client of the API. Each method returns the response unchanged."""

    def __init__(
        self,
        app: Flask,
        *,
        user_id: int = 0,
        name: str = "",
        tokens: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.app, self.user_id, self.name = app, user_id, name
        self.tokens = tokens or {}
        self.headers = dict(headers or {})
        if tokens:
            self.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        """Call `path`; `json` is the body, `headers` are added to the client's own."""
        headers = self.headers | options.pop("headers", {})
        if json is not None:
            options["json"] = json
        # buffered: work that the app does after sending the response has finished, too
        return self.app.test_client().open(path, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("PATCH", path, json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)


class Poller(Caller):
    """A monitoring tool with an API key."""

    def __init__(self, app: Flask, key: str) -> None:
        super().__init__(app, headers={"X-API-Key": key})
        self.key = key

    def poll(self, collection: str, collection_type: str = "performance") -> TestResponse:
        """Poll a collection by its name."""
        return self.get(f"/api/data/{quote(collection, safe='')}/{collection_type}")

    def data(self, collection: str, collection_type: str = "performance") -> dict[str, Any]:
        """Return the values of one poll, which must succeed."""
        response = self.poll(collection, collection_type)
        assert response.status_code == 200, response.text
        return response.json["data"]
