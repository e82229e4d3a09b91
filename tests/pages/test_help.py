"""The help is reached from every page, by its link and by "?", and shows the guide without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import fits, visit


def help_page(page: Page) -> Page:
    """Press "?" and return the page that opens."""
    with page.expect_popup() as opened:
        page.keyboard.press("?")
    return opened.value


@pytest.mark.parametrize(
    ("path", "section"),
    [("/", "watching-it"), ("/collections", "collections-and-fields"), ("/api-keys", "keys"), ("/audit", "")],
)
def test_a_question_mark_opens_the_section_about_this_page(person, path, section):
    page = person("Admin").browse(path)
    expect(page.get_by_role("link", name="Help")).to_be_visible()
    opened = help_page(page)
    expect(opened).to_have_url(re.compile(rf"/help{f'#{section}' if section else ''}$"))
    expect(opened.get_by_role("heading", name="A guide for testers")).to_have_count(1)
    if section:
        expect(opened.locator(f"#{section}")).to_be_in_viewport()


def test_the_next_question_mark_uses_the_same_tab(editor):
    page = editor.browse("/api-keys")
    opened = help_page(page)
    page.bring_to_front()
    page.goto(f"{editor.site}/integrations")
    page.keyboard.press("?")
    expect(opened).to_have_url(re.compile("/help#integrations$"))
    assert len(page.context.pages) == 2


def test_a_question_mark_in_an_input_or_a_dialog_is_typed(editor):
    page = editor.browse("/collections")
    page.get_by_role("searchbox").press_sequentially("what?")
    expect(page.get_by_role("searchbox")).to_have_value("what?")
    page.get_by_role("button", name="New collection").first.click()
    page.get_by_label("Name", exact=True).press_sequentially("why?")
    expect(page.get_by_label("Name", exact=True)).to_have_value("why?")
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("?")
    assert len(page.context.pages) == 1


def test_the_help_needs_no_scripts(editor, width):
    page = editor.browse("/help", java_script_enabled=False, **width)
    expect(page.get_by_role("heading", name="Rehearsing alerts")).to_be_visible()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Keys").click()
    expect(page.locator("#keys")).to_be_in_viewport()
    page.get_by_role("navigation", name="All help").get_by_role("link", name="Prometheus").click()
    expect(page.get_by_role("heading", name="Prometheus", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Prometheus", exact=True)).to_have_attribute("aria-current", "page")


def test_pictures_open_on_request(editor):
    page = editor.browse("/help")
    picture = page.get_by_role("img", name="The dashboard")
    expect(picture).to_be_hidden()
    page.get_by_text("Picture: The dashboard").click()
    expect(picture).to_be_visible()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 500", arg=picture.element_handle()
    )


def test_every_page_of_the_help_fits_a_phone(editor, width):
    page = editor.browse("/help", **width)
    links = page.get_by_role("navigation", name="All help").get_by_role("link")
    paths = links.evaluate_all("links => links.map((link) => link.href)")
    assert len(paths) > 15
    for path in paths[:-1]:  # the last one is the API reference
        visit(page, path)
        assert fits(page), path
