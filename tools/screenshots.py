"""Create the screenshots in docs/images/ from scratch: `make screenshots`.

A throwaway server is filled over the API with simulated devices, spikes and polls; then headless Chromium
opens the pages. The requirements are those of the browser tests: the development packages and Chromium.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import Complaints, context, launch, program
from tests.support.server import ADMIN_PASSWORD, running_server

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "images"
MAX_BYTES = 250_000
ADMIN = {"SPIKECAST_ADMIN_EMAIL": "ada@example.org", "SPIKECAST_ADMIN_USERNAME": "ada"}
WIDTH, MIN_HEIGHT = 1280, 720

Json = dict[str, Any]


# --- Data on the screenshots -----------------------------------------------------------------------------


def floats(start: float, end: float, decimals: int = 1) -> Json:
    """Return the settings of a random float."""
    settings = {"range_start_float": start, "range_end_float": end, "float_precision": decimals}
    return {"value_type": "FLOAT_RANGE", **settings}


def numbers(start: int, end: int) -> Json:
    """Return the settings of a random integer."""
    return {"value_type": "NUMBER_RANGE", "range_start_number": start, "range_end_number": end}


def counter(start: float, step: float, spread: float = 0, reset: float | None = None) -> Json:
    """Return the settings of a counter, which counts downwards if the step is negative."""
    return {
        "value_type": "INCREMENT" if step > 0 else "DECREMENT",
        "start_number": start,
        "step_number": abs(step),
        "randomization_percentage": spread,
        "reset_number": reset,
    }


def text(value: str) -> Json:
    """Return the settings of a fixed text."""
    return {"value_type": "TEXT_FIXED", "fixed_value_text": value}


def fixed(value: int) -> Json:
    """Return the settings of a fixed integer."""
    return {"value_type": "NUMBER_FIXED", "fixed_value_number": value}


TIME: Json = {"value_type": "EPOCH_NOW"}
TRUCK: Json = {
    "Performance": {
        "speed km/h": numbers(62, 88),
        "engine °C": floats(84, 93),
        "fuel percent": counter(100, -0.5, 40, 8),
        "odometer km": counter(48210.5, 1.2),
        "tyre bar": floats(8.1, 8.4, 2),
        "measured at": TIME,
    },
    "Configuration": {"plate": text("SPK 2026"), "tank litres": fixed(420)},
}
COLLECTIONS: dict[str, Json] = {
    "web-01": {
        "Performance": {
            "cpu percent": floats(12, 38),
            "memory percent": floats(55, 63),
            "response ms": floats(18, 45),
            "requests per minute": numbers(800, 1200),
            "errors per minute": numbers(0, 4),
            "requests total": counter(418_000, 1013),
            "measured at": TIME,
        },
        "Configuration": {
            "hostname": text("web-01.example.org"),
            "cores": fixed(8),
            "release": text("2026.11"),
        },
    },
    "db-01": {
        "Performance": {
            "connections": numbers(40, 75),
            "query ms": floats(2, 9),
            "disk used percent": counter(61, 0.02, reset=95),
        },
        "Configuration": {"engine": text("PostgreSQL 15"), "max connections": fixed(200)},
    },
    "core-switch-2": {
        "Performance": {
            "in Mbit/s": floats(310, 460),
            "out Mbit/s": floats(280, 420),
            "packet loss percent": floats(0, 0.2, 2),
            "in octets": counter(0, 5_000_000),
        },
        "Configuration": {"ports": fixed(48)},
    },
    "Cool store": {
        "Performance": {"temperature °C": floats(3.2, 4.6), "humidity percent": floats(70, 78)},
        "Configuration": {"limit °C": fixed(7)},
    },
    "Truck 01": TRUCK,
    "Truck 02": TRUCK,
    "Pump 7": {
        "Performance": {
            "pressure bar": floats(5.8, 6.3, 2),
            "flow m³/h": floats(118, 124),
            "vibration mm/s": floats(1.1, 1.9, 2),
        },
        "Configuration": {"site": text("Hamburg, hall 3")},
    },
}

# Each key's polls; a number is how many minutes ago it polled, if not just now.
POLLS = [
    ("Zabbix Berlin", "web-01", "Performance", 0),
    ("Prometheus", "web-01", "Performance", 0),
    ("Zabbix Berlin", "Cool store", "Performance", 1),
    ("Prometheus", "core-switch-2", "Performance", 1),
    ("Zabbix Berlin", "Truck 01", "Performance", 2),
    ("Prometheus", "db-01", "Performance", 3),
    ("Zabbix Berlin", "Truck 01", "Configuration", 38),
    ("Grafana wallboard", "Pump 7", "Performance", 44),
]

Spike = tuple[str, str, timedelta, timedelta, dict[str, Json]]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def spikes(now: datetime) -> list[Spike]:
    """Return each spike's collection, name, start, length and overrides."""
    morning = now.replace(hour=8, minute=0)
    overload = {
        "cpu percent": floats(92, 99.5),
        "response ms": floats(900, 2400),
        "errors per minute": numbers(40, 120),
    }
    rush = {"requests per minute": numbers(9000, 14000), "requests total": {"step_number": 12000}}
    too_warm, too_hot = {"temperature °C": floats(11, 14)}, {"engine °C": floats(118, 127)}
    stands_still, full = {"flow m³/h": floats(121, 121)}, {"in Mbit/s": floats(930, 990)}
    leak, drop = {"connections": numbers(180, 200)}, {"pressure bar": floats(2.1, 2.9, 2)}
    return [
        ("web-01", "Checkout overload", now - 18 * MINUTE, HOUR, overload),
        ("Cool store", "Door left open", now - 4 * MINUTE, 15 * MINUTE, too_warm),
        ("Truck 01", "Overheating", now + 72 * MINUTE, 30 * MINUTE, too_hot),
        ("Pump 7", "Flow sensor stuck", morning + DAY, 3 * HOUR, stands_still),
        ("core-switch-2", "Uplink saturated", morning + DAY + 5 * HOUR, 4 * HOUR, full),
        ("web-01", "Black Friday rehearsal", morning + 2 * DAY, 10 * HOUR, rush),
        ("db-01", "Connections leak", morning + 3 * DAY, 6 * HOUR, leak),
        # Expired spikes still exist because no poll has deleted them yet.
        ("Pump 7", "Pressure drop", now - 150 * MINUTE, 2 * HOUR, drop),
        ("Truck 02", "Fuel leak", now - 20 * HOUR, 4 * HOUR, {"fuel percent": {"step_number": 6}}),
    ]


# --- Filling a server ------------------------------------------------------------------------------------


class Api:
    """A signed-in client of the JSON API."""

    def __init__(self, site: str) -> None:
        self.site, self.session = site, requests.Session()
        tokens = self.post("/api/auth/login", {"login": "ada", "password": ADMIN_PASSWORD})
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def post(self, path: str, body: Json | None = None) -> Json:
        """Send a POST, and return the JSON of the response.

        Raises:
            RuntimeError: The response is not a success.
        """
        answer = self.session.post(self.site + path, json=body, timeout=20)
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.text}")
        made: Json = answer.json()
        return made


def fill(site: str, database: Path) -> dict[str, Json]:
    """Create collections, keys, polls and spikes, and return the collections by name."""
    api, now = Api(site), datetime.now(UTC).replace(second=0, microsecond=0)
    api.post(
        "/api/users",
        {"email": "eve@example.org", "username": "eve", "password": ADMIN_PASSWORD, "role": "Editor"},
    )
    collections = {name: _collection(api, name, fields) for name, fields in COLLECTIONS.items()}
    labels = {label for label, *_ in POLLS}
    keys = {label: api.post("/api/api-keys", {"label": label})["key"] for label in sorted(labels)}
    made = [_spike(api, collections, now, *spike) for spike in spikes(now)]
    for label, name, kind, _ in reversed(POLLS):
        answer = requests.get(
            f"{site}/api/data/{quote(name, safe='')}/{kind}", headers={"X-API-Key": keys[label]}, timeout=20
        )
        answer.raise_for_status()
    _put_back(database, collections, [spike for spike in made if spike["ends"] <= now])
    return collections


def _collection(api: Api, name: str, fields: Json) -> Json:
    collection = api.post("/api/collections", {"name": name})
    collection["field_ids"] = {}
    for kind, rules in fields.items():
        for field_name, rule in rules.items():
            body = {"collection_type": kind, "field_name": field_name, **rule}
            made = api.post(f"/api/collections/{collection['id']}/fields", body)
            collection["field_ids"][field_name] = made["id"]
    return collection


def _spike(
    api: Api,
    collections: dict[str, Json],
    now: datetime,
    collection_name: str,
    name: str,
    start: datetime,
    length: timedelta,
    overrides: dict[str, Json],
) -> Json:
    """Create a spike. One that should be expired ends in the future for now; `_put_back` moves its end."""
    collection, ends = collections[collection_name], start + length
    given = [
        {"original_field_id": collection["field_ids"][field], **_settings(rule)}
        for field, rule in overrides.items()
    ]
    body = {
        "collection_id": collection["id"],
        "name": name,
        "start_datetime": start.isoformat(),
        "end_datetime": (ends if ends > now else now + HOUR).isoformat(),
        "spike_fields": given,
    }
    return api.post("/api/spike-schedules", body) | {"ends": ends}


def _settings(rule: Json) -> Json:
    """Return a field's rule as an override, which cannot contain its value type."""
    return {name: value for name, value in rule.items() if name not in {"value_type", "float_precision"}}


def _put_back(database: Path, collections: dict[str, Json], over: list[Json]) -> None:
    """Move ends of spikes and times of polls into the past, which the API does not allow."""
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        for spike in over:
            end = spike["ends"].replace(tzinfo=None).isoformat(sep=" ") + ".000000"
            sql = "UPDATE spike_schedules SET end_datetime = ? WHERE id = ?"
            connection.execute(sql, [end, spike["id"]])
        for label, name, kind, minutes in POLLS:
            connection.execute(
                "UPDATE polls SET polled_at = datetime(polled_at, ?) || '.000000' WHERE collection_id = ? "
                "AND collection_type = ? AND api_key_id = (SELECT id FROM api_keys WHERE label = ?)",
                [f"-{minutes} minutes", collections[name]["id"], kind.upper(), label],
            )


# --- Screenshots -----------------------------------------------------------------------------------------


def dashboard(page: Page, site: str, _collections: dict[str, Json]) -> None:
    """Open the dashboard: active and next spikes, and the keys that poll."""
    page.goto(f"{site}/")


def create_spike(page: Page, site: str, collections: dict[str, Json]) -> None:
    """Open the form of a new spike, with its preview."""
    page.goto(f"{site}/spikes/new?collection={collections['Truck 01']['id']}")
    page.get_by_label("Name", exact=True).fill("Mountain road")
    page.get_by_role("button", name="In 5 min").click()
    page.get_by_role("group", name="Duration presets").get_by_role("button", name="15 min").click()
    page.get_by_label("engine °C: from").fill("104")
    page.get_by_label("engine °C: to").fill("118")
    page.get_by_role("group", name="Quick factors for fuel percent").get_by_role("button", name="×5").click()
    page.get_by_label("Polling interval").select_option("30")
    page.locator("summary", has_text="unchanged").click()
    page.locator(".preview-means").get_by_role("button", name="engine °C").click()
    page.get_by_role("heading", name="New spike").click()


def collection(page: Page, site: str, collections: dict[str, Json]) -> None:
    """Open a collection during a spike, with its fields and a live sample."""
    page.goto(f"{site}/collections/{collections['web-01']['id']}")


def spike_list(page: Page, site: str, _collections: dict[str, Json]) -> None:
    """Open the list of all spikes."""
    page.goto(f"{site}/spikes")


SHOTS = [
    ("dashboard", dashboard, "light"),
    ("create-spike", create_spike, "light"),
    ("collection", collection, "dark"),
    ("spikes", spike_list, "light"),
]


@contextmanager
def signed_in(browser: Browser, site: str, complaints: Complaints, scheme: str) -> Iterator[Page]:
    """Yield a page in a separate browser context in which Ada has signed in."""
    with context(
        browser, complaints, color_scheme=scheme, viewport={"width": WIDTH, "height": MIN_HEIGHT}
    ) as opened:
        page = opened.new_page()
        page.goto(f"{site}/sign-in")
        page.get_by_label("E-mail or user name").fill("ada")
        page.get_by_label("Password").fill(ADMIN_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site}/")
        yield page


def take(browser: Browser, site: str, collections: dict[str, Json]) -> None:
    """Take all screenshots.

    Raises:
        RuntimeError: The browser complained about a page, or a file is too large.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    complaints = Complaints()
    for name, open_page, scheme in SHOTS:
        file = PICTURES / f"{name}.png"
        with signed_in(browser, site, complaints, scheme) as page:
            open_page(page, site, collections)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1000)  # a chart is drawn only after a pause in typing
            height = page.locator("main").evaluate("main => Math.ceil(main.getBoundingClientRect().bottom)")
            page.set_viewport_size({"width": WIDTH, "height": height})
            page.wait_for_timeout(500)
            page.screenshot(path=file, animations="disabled", caret="hide")
        size = file.stat().st_size
        print(f"{file.relative_to(PICTURES.parents[1])}: {size:,} bytes")
        if size > MAX_BYTES:
            raise RuntimeError(f"{file.name} is larger than {MAX_BYTES:,} bytes")
    if complaints.unexpected:
        raise RuntimeError(f"The browser complained: {complaints.unexpected}")


def main() -> None:
    """Start a throwaway server, and take the screenshots of it.

    Raises:
        SystemExit: Chromium is not installed.
    """
    if program() is None:
        raise SystemExit("There is no Chromium. On Debian or Ubuntu: apt-get install chromium-headless-shell")
    with tempfile.TemporaryDirectory(prefix="spikecast-pictures-") as folder:
        database = Path(folder, "spikecast.db")
        with (
            running_server(f"sqlite:///{database}", env=ADMIN) as server,
            sync_playwright() as playwright,
            launch(playwright) as browser,
        ):
            take(browser, server.url, fill(server.url, database))


if __name__ == "__main__":
    main()
