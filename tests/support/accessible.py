"""Accessibility checks of pages with axe-core."""

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
EVERYTHING = "{resultTypes: ['violations']}"
COLOURS = "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}"


def violations(page: Page) -> list:
    """Return the violations that axe finds: by all rules in light mode, by the colour rules in dark mode."""
    page.evaluate(AXE)
    found = []
    for scheme, options in {"light": EVERYTHING, "dark": COLOURS}.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [
            (scheme, each["id"], [node["html"][:200] for node in each["nodes"]])
            for each in page.evaluate(f"axe.run(document, {options})")["violations"]
        ]
    return found
