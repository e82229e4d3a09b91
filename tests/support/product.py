"""The product under gunicorn, somebody who works with it, and what an answer is while it cannot serve."""

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
"""So many requests at the same moment keep every worker busy."""
LONG = "x" * 60_000
_numbers = itertools.count(1)


class Product:
    """A running server with a device whose counter moves, one that has none, and an Admin."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.url = server, server.url
        self.sign_in()
        counter = {"value_type": "INCREMENT", "start_number": 1, "step_number": 1}
        self.truck = self.collection("Truck", km=counter, text=_text("diesel"))
        self.bridge = self.collection("Bridge", level={"value_type": "NUMBER_FIXED", "fixed_value_number": 7})
        self.key = self.done(self.ask("POST", "/api/api-keys", {"label": "monitoring"}))["key"]
        self.served: list[int] = []
        """Every value of the counter that anybody got."""

    def sign_in(self) -> None:
        """Have a token that begins to count now."""
        credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        self.token = self.done(self.ask("POST", "/api/auth/login", credentials))["access_token"]

    def collection(self, name: str, **fields: dict[str, Any]) -> int:
        """The id of a new collection with these fields."""
        made = self.done(self.ask("POST", "/api/collections", {"name": name}))["id"]
        for field_name, settings in fields.items():
            body = {"collection_type": "Performance", "field_name": field_name, **settings}
            self.done(self.ask("POST", f"/api/collections/{made}/fields", body))
        return made

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        """The answer to the Admin's script, whatever it is."""
        if hasattr(self, "token"):
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return requests.request(method, self.url + path, json=body, headers=headers, timeout=TIMEOUT_S)

    def done(self, answer: requests.Response) -> Any:
        """What the answer says, which must be a success."""
        assert answer.ok, f"{answer.status_code}: {answer.text[:500]}"
        return answer.json() if answer.content else None

    # --- What one may ask for --------------------------------------------------------------------------

    def read(self) -> requests.Response:
        return self.ask("GET", "/api/collections")

    def health(self) -> requests.Response:
        return requests.get(f"{self.url}/api/health", timeout=TIMEOUT_S)

    def poll(self, name: str) -> requests.Response:
        """A poll; the counter's value is kept."""
        path = f"/api/data/{quote(name)}/performance"
        answer = requests.get(self.url + path, headers={"X-API-Key": self.key}, timeout=TIMEOUT_S)
        if answer.ok and "km" in answer.json()["data"]:
            self.served.append(answer.json()["data"]["km"])
        return answer

    def count(self) -> requests.Response:
        return self.poll("Truck")

    def write(self) -> requests.Response:
        """A write of many rows: a copy of a collection and its fields."""
        name = f"copy {next(_numbers)}"
        return self.ask("POST", f"/api/collections/{self.truck}/copy", {"name": name})

    def write_much(self) -> requests.Response:
        """A write that needs room."""
        body = {"collection_type": "Configuration", "field_name": f"long {next(_numbers)}", **_text(LONG)}
        return self.ask("POST", f"/api/collections/{self.bridge}/fields", body)

    def submit_sign_in(self) -> requests.Response:
        """The sign-in form, as a browser sends it: a page that has to write."""
        browser = requests.Session()
        page = browser.get(f"{self.url}/sign-in", timeout=TIMEOUT_S)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        if token is None:
            return page
        form = {"csrf_token": token[1], "login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        return browser.post(f"{self.url}/sign-in", data=form, timeout=TIMEOUT_S)

    # --- What must hold --------------------------------------------------------------------------------

    def names(self) -> dict[str, int]:
        """Every collection, and how many fields it has."""
        items = self.done(self.ask("GET", "/api/collections?per_page=200"))["items"]
        ids = {each["name"]: each["id"] for each in items}
        return {
            name: len(self.done(self.ask("GET", f"/api/collections/{id_}"))["fields"])
            for name, id_ in ids.items()
        }

    def assert_serving(self, *calls: Callable[[], requests.Response]) -> None:
        """Every worker answers these well."""
        for call in calls:
            answers = run_concurrently(*[call] * AT_ONCE)
            assert {answer.status_code for answer in answers} <= {200, 201}, [each.text for each in answers]

    def is_refused(self, *calls: Callable[[], requests.Response]) -> None:
        """Each of these is 503, as a script and as a browser must be told it."""
        for call in calls:
            for answer in run_concurrently(call, call):
                unavailable(answer)

    def wait_until_serving(self) -> None:
        """Everything is served again, on every worker, by itself. How soon is measured elsewhere
        (docs/reliability.md): on a busy machine a bound of seconds would say nothing of the product."""
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
        """Nothing that was refused has been done by half, and no value was served twice."""
        assert len(self.served) == len(set(self.served))
        after = self.names()
        assert before.keys() <= after.keys()
        assert {after[name] for name in after.keys() - before.keys()} <= {2}, after
        assert "Traceback" not in self.server.log()


def _text(text: str) -> dict[str, Any]:
    return {"value_type": "TEXT_FIXED", "fixed_value_text": text}


def unavailable(answer: requests.Response) -> None:
    """The answer must be the 503 of a database that does not serve: problem details, or a page."""
    assert answer.status_code == 503, f"{answer.status_code}: {answer.text[:500]}"
    assert int(answer.headers["Retry-After"]) > 0
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    said = "The database is busy or unavailable. Try again in a moment."
    if "/api/" in answer.url:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.json()["status"], answer.json()["detail"]) == (503, said)
    else:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert said in answer.text
        assert "main.css" in answer.text
