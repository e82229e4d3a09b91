"""Fixtures: a server under gunicorn, a browser, and users."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support import skip_or_fail
from tests.support.browser import PHONE, TIMEOUT_S, Complaints, context, launch, program
from tests.support.ram_disk import ram_folder
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, running_server

_numbers = itertools.count(1)
PASSWORD = "a password of the browser tests"

expect.set_options(timeout=TIMEOUT_S * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield headless Chromium."""
    if program() is None:
        skip_or_fail("browser", "no Chromium: install Debian's package chromium-headless-shell")
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site() -> Iterator[RunningServer]:
    """Yield a server with two workers on SQLite, for all tests of this process."""
    with (
        ram_folder("spikecast-site-") as folder,
        running_server(
            f"sqlite:///{folder / 'spikecast.db'}", app="tests.support.cheap_hashes_app:app"
        ) as server,
    ):
        yield server


class Api:
    """A client of the JSON API that signs in as a browser does, so that a browser can use its `cookies`."""

    def __init__(self, site: str, login: str, password: str, user_agent: str = "tests") -> None:
        self.site, self.session = site, requests.Session()
        self.session.headers.update({"Accept": "application/json", "User-Agent": user_agent})
        form = {"login": login, "password": password, "csrf_token": self.get("/sign-in")["csrf_token"]}
        answer = self.session.post(f"{site}/sign-in", data=form, timeout=TIMEOUT_S)
        assert answer.ok, answer.text

    @property
    def cookies(self) -> list[dict]:
        """Return the cookies for a browser context."""
        return [{"name": each.name, "value": each.value, "url": self.site} for each in self.session.cookies]

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        """Send a request and return the response, whatever its status."""
        csrf = [each.value for each in self.session.cookies if each.name.endswith("_csrf")]
        headers = {"X-CSRF-TOKEN": csrf[0] if csrf else None}
        return self.session.request(method, self.site + path, json=body, headers=headers, timeout=TIMEOUT_S)

    def call(self, method: str, path: str, body: object = None) -> dict:
        answer = self.ask(method, path, body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}

    def get(self, path: str) -> dict:
        return self.call("GET", path)

    def post(self, path: str, body: object = None) -> dict:
        return self.call("POST", path, body)

    def collection(self, name: str, **fields: dict) -> dict:
        """Create a collection; each keyword is the name of a field and has its settings with `value_type`."""
        made = self.post("/api/collections", {"name": name})
        for field_name, settings in fields.items():
            body = {"collection_type": "Performance", "field_name": field_name, **settings}
            self.post(f"/api/collections/{made['id']}/fields", body)
        return self.get(f"/api/collections/{made['id']}")

    def receiver(self, name: str, *alerts: str) -> dict:
        """Create an alert receiver, at which alerts of these names have arrived."""
        made = self.post("/api/alert-receivers", {"name": name})
        if alerts:
            body = {"status": "firing", "alerts": [{"labels": {"alertname": each}} for each in alerts]}
            self.post(f"/api/alerts/{made['id']}/{made['token']}", body)
        return made

    def spike(self, collection: dict, name: str = "Drill", **more: object) -> dict:
        body = {"collection_id": collection["id"], "name": name, "duration": 3600, **more}
        return self.post("/api/spike-schedules", body)


@pytest.fixture(scope="session")
def admin_api(site: RunningServer) -> Api:
    """Return the API of the first Admin."""
    return Api(site.url, ADMIN_USERNAME, ADMIN_PASSWORD)


class Person:
    """A signed-in user who can open browsers."""

    def __init__(self, site: str, login: str, role: str, open_page: Callable[..., Page]) -> None:
        self.site, self.login, self.password, self.role = site, login, PASSWORD, role
        self.open_page = open_page
        self.api = Api(site, login, PASSWORD)

    def browse(self, path: str = "/", **options: object) -> Page:
        """Open `path` in a new browser with the user's sign-in."""
        page = self.open_page(**options)
        page.context.add_cookies(self.api.cookies)
        page.goto(self.site + path)
        return page


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fail the test if a browser reports an error that the test does not expect."""
    seen = Complaints()
    yield seen
    assert seen.unexpected == []


@pytest.fixture
def open_page(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a new browser context with the given options."""
    with ExitStack() as opened:
        yield lambda **options: opened.enter_context(context(browser, complaints, **options)).new_page()


@pytest.fixture
def person(site: RunningServer, admin_api: Api, open_page: Callable[..., Page]) -> Callable[..., Person]:
    """Return a function that creates a user: `person()` an Editor, `person("Viewer")` a Viewer."""

    def make(role: str = "Editor", name: str = "") -> Person:
        number = next(_numbers)
        name = name or f"{role.lower()}{number}"
        body = {"email": f"{number}@example.org", "username": name, "password": PASSWORD, "role": role}
        admin_api.post("/api/users", body)
        return Person(site.url, name, role, open_page)

    return make


@pytest.fixture
def editor(person: Callable[..., Person]) -> Person:
    return person()


@pytest.fixture
def viewer(person: Callable[..., Person]) -> Person:
    return person("Viewer")


@pytest.fixture(params=["wide", "phone"])
def width(request: pytest.FixtureRequest) -> dict:
    """Return the options of a wide window, and of a phone."""
    return {} if request.param == "wide" else {"viewport": PHONE, "has_touch": True}
