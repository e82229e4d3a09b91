"""The product under gunicorn with an Admin, and assertions about it while its database fails."""

import itertools
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

from tests.support.concurrency import run_concurrently
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer

TIMEOUT_S = 60
AT_ONCE = 8
"""The number of simultaneous requests that keeps every worker busy."""
LONG = "x" * 60_000
_numbers = itertools.count(1)


class Product:
    """A running server with an Admin, a collection with a counter, and one without."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.url = server, server.url
        self.sign_in()
        counter = {"value_type": "INCREMENT", "start_number": 1, "step_number": 1}
        self.truck = self.collection("Truck", km=counter, text=_text("diesel"))
        self.bridge = self.collection("Bridge", level={"value_type": "NUMBER_FIXED", "fixed_value_number": 7})
        self.key = self.done(self.ask("POST", "/api/api-keys", {"label": "monitoring"}))["key"]
        self.served: list[int] = []
        """All values of the counter that were served."""

    def sign_in(self) -> None:
        """Sign in, to get a new token."""
        credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        self.token = self.done(self.ask("POST", "/api/auth/login", credentials))["access_token"]

    def collection(self, name: str, **fields: dict[str, Any]) -> int:
        """Create a collection with these fields, and return its id."""
        made = self.done(self.ask("POST", "/api/collections", {"name": name}))["id"]
        for field_name, settings in fields.items():
            body = {"collection_type": "Performance", "field_name": field_name, **settings}
            self.done(self.ask("POST", f"/api/collections/{made}/fields", body))
        return made

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        """Send a request as the Admin's script, and return the response, whatever its status."""
        if hasattr(self, "token"):
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return requests.request(method, self.url + path, json=body, headers=headers, timeout=TIMEOUT_S)

    def done(self, answer: requests.Response) -> Any:
        """Return the JSON of a response, which must be a success."""
        assert answer.ok, f"{answer.status_code}: {answer.text[:500]}"
        return answer.json() if answer.content else None

    # --- Requests --------------------------------------------------------------------------------------

    def read(self) -> requests.Response:
        return self.ask("GET", "/api/collections")

    def health(self) -> requests.Response:
        return requests.get(f"{self.url}/api/health", timeout=TIMEOUT_S)

    def poll(self, name: str) -> requests.Response:
        """Poll, and record the counter's value."""
        path = f"/api/data/{quote(name)}/performance"
        answer = requests.get(self.url + path, headers={"X-API-Key": self.key}, timeout=TIMEOUT_S)
        if answer.ok and "km" in answer.json()["data"]:
            self.served.append(answer.json()["data"]["km"])
        return answer

    def count(self) -> requests.Response:
        return self.poll("Truck")

    def write(self) -> requests.Response:
        """Write many rows: copy a collection and its fields."""
        name = f"copy {next(_numbers)}"
        return self.ask("POST", f"/api/collections/{self.truck}/copy", {"name": name})

    def write_much(self) -> requests.Response:
        """Send a write that needs disk space."""
        body = {"collection_type": "Configuration", "field_name": f"long {next(_numbers)}", **_text(LONG)}
        return self.ask("POST", f"/api/collections/{self.bridge}/fields", body)

    def submit_sign_in(self) -> requests.Response:
        """Submit the sign-in form as a browser does: a page that has to write."""
        browser = requests.Session()
        page = browser.get(f"{self.url}/sign-in", timeout=TIMEOUT_S)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        if token is None:
            return page
        form = {"csrf_token": token[1], "login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        return browser.post(f"{self.url}/sign-in", data=form, timeout=TIMEOUT_S)

    # --- Assertions ------------------------------------------------------------------------------------

    def names(self) -> dict[str, int]:
        """Return the number of fields of every collection by name."""
        items = self.done(self.ask("GET", "/api/collections?per_page=200"))["items"]
        ids = {each["name"]: each["id"] for each in items}
        return {
            name: len(self.done(self.ask("GET", f"/api/collections/{id_}"))["fields"])
            for name, id_ in ids.items()
        }

    def assert_serving(self, *calls: Callable[[], requests.Response]) -> None:
        """Assert that these calls succeed on every worker."""
        for call in calls:
            responses = run_concurrently(*[call] * AT_ONCE)
            assert {answer.status_code for answer in responses} <= {200, 201}, [
                each.text for each in responses
            ]

    def is_refused(self, *calls: Callable[[], requests.Response]) -> None:
        """Assert that each of these calls returns 503, in the form for scripts and in that for browsers."""
        for call in calls:
            for answer in run_concurrently(call, call):
                unavailable(answer)

    def wait_until_serving(self) -> None:
        """Wait until every worker serves everything again.

        The recovery time is measured elsewhere (docs/reliability.md): on a busy machine, a limit in seconds
        would not say anything about the product.
        """
        begun = time.monotonic()
        while not all(
            answer.ok
            for call in (self.health, self.count, self.write, self.read)
            for answer in run_concurrently(*[call] * AT_ONCE)
        ):
            assert time.monotonic() < begun + TIMEOUT_S, self.server.log()[-3000:]
            time.sleep(0.05)
        self.assert_serving(self.read, self.count, self.write, self.write_much)
        assert self.submit_sign_in().ok

    def assert_intact(self, before: dict[str, int]) -> None:
        """Assert that no refused request was applied partially, and that no value was served twice."""
        assert len(self.served) == len(set(self.served))
        after = self.names()
        assert before.keys() <= after.keys()
        assert {after[name] for name in after.keys() - before.keys()} <= {2}, after
        assert "Traceback" not in self.server.log()


def _text(text: str) -> dict[str, Any]:
    return {"value_type": "TEXT_FIXED", "fixed_value_text": text}


def unavailable(answer: requests.Response) -> None:
    """Assert that a response is the 503 of an unavailable database: problem details, or a page."""
    assert answer.status_code == 503, f"{answer.status_code}: {answer.text[:500]}"
    assert int(answer.headers["Retry-After"]) > 0
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    detail = "The database is busy or unavailable. Try again in a moment."
    if "/api/" in answer.url:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.json()["status"], answer.json()["detail"]) == (503, detail)
    else:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert detail in answer.text
        assert "main.css" in answer.text
