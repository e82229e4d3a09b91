"""A real browser for tests of pages, which fails a test for whatever it has to complain about."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 30  # seconds; what is waited for comes soon, unless the machine is busy with something else
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

# Nothing but the server under test is there for it; and root needs to run it without a sandbox.
FLAGS = [
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

# Whatever the Content Security Policy stops is an error in the console, also where Chromium says less of it.
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  console.error(`policy: ${effectiveDirective} ${blockedURI}`));
"""


def program() -> str | None:
    """Where the browser is, if there is one."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start it without a window."""
    flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return playwright.chromium.launch(executable_path=program(), args=flags)


@dataclass
class Complaints:
    """What a browser complained about; `expect(pattern)` says that a complaint belongs to the test."""

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
        # A page that is left stops what it was loading.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.said.append(f"failed: {request.url} {request.failure}")

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.said if not any(re.search(each, said) for each in self.expected)]


@contextmanager
def context(browser: Browser, complaints: Complaints, **options) -> Iterator[BrowserContext]:
    """A browser of its own: cookies, storage, zone, width."""
    settings = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
    with browser.new_context(**settings) as made:
        made.set_default_timeout(TIMEOUT_S * 1000)
        made.add_init_script(TELL_VIOLATIONS)
        made.on("page", complaints.watch)
        yield made
