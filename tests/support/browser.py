"""A real browser for tests of pages; a test fails if the browser reports an error."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 30  # seconds; long, because the machine may be busy
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

# The browser only reaches the server under test, and as root Chromium needs --no-sandbox.
FLAGS = [
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

# A violation of the Content Security Policy becomes a console error, even where Chromium logs less.
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  console.error(`policy: ${effectiveDirective} ${blockedURI}`));
"""


def program() -> str | None:
    """Return the path of Chromium, or None if it is not installed."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser in headless mode."""
    flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return playwright.chromium.launch(executable_path=program(), args=flags)


@dataclass
class Complaints:
    """Collects the errors that a browser reports; `expect(pattern)` marks errors that a test provokes."""

    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        self.expected.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: message.type == "error" and self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _failed(self, request) -> None:
        # Leaving a page cancels its pending requests.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.said.append(f"failed: {request.url} {request.failure}")

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.said if not any(re.search(each, said) for each in self.expected)]


@contextmanager
def context(browser: Browser, complaints: Complaints, **options) -> Iterator[BrowserContext]:
    """Yield a separate browser context, with its own cookies, storage, time zone and width."""
    settings = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
    with browser.new_context(**settings) as made:
        made.set_default_timeout(TIMEOUT_S * 1000)
        made.add_init_script(TELL_VIOLATIONS)
        made.on("page", complaints.watch)
        yield made
