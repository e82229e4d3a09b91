"""Create the screenshots in docs/images/ from scratch: `make screenshots`.

A throwaway server is filled over the API with simulated devices, spikes and polls; then headless Chromium
opens the pages. The requirements are those of the browser tests: the development packages and Chromium.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import Complaints, context, launch, program
from tests.support.server import ADMIN_PASSWORD, running_server
from tools.screenshots.example_data import Json
from tools.screenshots.seed import fill

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
MAX_BYTES = 250_000
ADMIN = {"SPIKECAST_ADMIN_EMAIL": "ada@example.org", "SPIKECAST_ADMIN_USERNAME": "ada"}
WIDTH, MIN_HEIGHT = 1280, 720


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
