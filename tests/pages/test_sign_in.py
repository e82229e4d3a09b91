"""Signing in and out in the browser."""

import pytest
from playwright.sync_api import Page, expect


def sign_in(page: Page, person) -> None:
    page.get_by_label("E-mail or user name").fill(person.login)
    page.get_by_label("Password").fill(person.password)
    page.keyboard.press("Enter")


def test_signing_in_returns_to_the_requested_page(site, editor, open_page):
    page = open_page()
    page.goto(f"{site.url}/collections?search=truck")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, editor)
    page.wait_for_url(f"{site.url}/collections?search=truck")
    expect(page.get_by_role("button", name=editor.login)).to_be_visible()


def test_a_wrong_password_shows_an_error_and_keeps_the_login(site, editor, open_page, complaints):
    complaints.expect("401")
    page = open_page()
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("E-mail or user name").fill(editor.login)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Wrong login or password")
    expect(page.get_by_label("E-mail or user name")).to_have_value(editor.login)


def test_signing_out_ends_the_sign_in(site, editor):
    page = editor.browse()
    page.wait_for_load_state("networkidle")  # what it still loads would be refused, and complained about
    page.get_by_role("button", name=editor.login).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/sign-in")
    page.goto(f"{site.url}/collections")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_scripts_cannot_read_the_token(site, editor, open_page):
    page = open_page()
    page.goto(f"{site.url}/sign-in")
    sign_in(page, editor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    port = site.url.rpartition(":")[2]
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies[f"spikecast_{port}_session"]["httpOnly"]
    assert cookies[f"spikecast_{port}_session"]["sameSite"] == "Lax"
    assert "_session" not in page.evaluate("document.cookie")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_kept(editor, theme):
    page = editor.browse()
    for _ in range(1 if theme == "dark" else 2):
        page.get_by_role("button", name="Theme").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
