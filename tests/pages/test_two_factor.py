"""Two-factor sign-in in the browser: turning it on, signing in with it, an Admin's reset."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessible import violations
from tests.support.browsing import fits
from tests.support.two_factor import Authenticator


def panel(page: Page):
    return page.get_by_role("region", name="Two-factor sign-in")


def turn_on(page: Page, person) -> Authenticator:
    """Turn it on in the open profile, up to the recovery codes."""
    mine = panel(page)
    mine.get_by_role("button", name="Turn on").click()
    mine.get_by_label("Your password").fill(person.password)
    page.keyboard.press("Enter")
    expect(mine.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    secret = mine.get_by_role("group", name="Secret").inner_text().replace(" ", "")
    authenticator = Authenticator(secret, [])
    mine.get_by_label("Code from the app").fill(authenticator.code())
    page.keyboard.press("Enter")
    expect(mine.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(10)
    codes = mine.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    return Authenticator(secret, codes)


def type_password(page: Page, person) -> None:
    page.get_by_label("E-mail or user name").fill(person.login)
    page.get_by_label("Password").fill(person.password)
    page.keyboard.press("Enter")


@pytest.fixture
def guarded(editor):
    """Return a user with two-factor sign-in, their profile page and their app."""
    page = editor.browse("/profile")
    authenticator = turn_on(page, editor)
    panel(page).get_by_role("button", name="I have saved them").click()
    return page, authenticator


def test_two_factor_sign_in_is_turned_on_used_and_turned_off(site, editor, width, complaints):
    complaints.expect("401")
    page = editor.browse("/profile", **width)
    authenticator = turn_on(page, editor)
    mine = panel(page)
    with page.expect_download() as download:
        mine.get_by_role("button", name="Download").click()
    kept = Path(download.value.path()).read_text()
    assert all(code in kept for code in authenticator.recovery_codes)
    mine.get_by_role("button", name="I have saved them").click()
    expect(mine).to_contain_text("10 recovery codes left")

    page.context.clear_cookies()
    page.goto(f"{site.url}/collections?search=truck")
    type_password(page, editor)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    assert editor.password not in page.content()
    page.get_by_label("Code").fill(authenticator.wrong_code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    page.get_by_label("Code").fill(authenticator.code(1))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/collections?search=truck")

    page.context.clear_cookies()
    page.goto(f"{site.url}/sign-in")
    type_password(page, editor)
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(authenticator.recovery_codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")

    page.goto(f"{site.url}/profile")
    expect(mine).to_contain_text("9 recovery codes left")
    mine.get_by_role("button", name="Turn off").click()
    mine.get_by_label("Your password").fill(editor.password)
    mine.get_by_label("Code from your app").fill(authenticator.recovery_codes[1])
    mine.get_by_role("button", name="Turn off").click()
    expect(mine.get_by_role("button", name="Turn on")).to_be_visible()


def test_errors_are_at_their_inputs(editor, complaints):
    complaints.expect("422")
    page = editor.browse("/profile")
    mine = panel(page)
    mine.get_by_role("button", name="Turn on").click()
    expect(mine.get_by_label("Your password")).to_be_focused()
    mine.get_by_label("Your password").fill("not the password")
    page.keyboard.press("Enter")
    expect(mine).to_contain_text("Is not your password.")
    expect(mine.get_by_label("Your password")).to_be_focused()
    mine.get_by_role("button", name="Cancel").click()
    expect(mine.get_by_role("button", name="Turn on")).to_be_focused()


def test_a_new_password_asks_for_a_code_from_then_on(editor, guarded):
    page, authenticator = guarded
    page.get_by_label("Current password").fill(editor.password)
    page.get_by_label("New password").fill("another password")
    page.locator("#password-code").fill(authenticator.recovery_codes[2])
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status").filter(has_text="Password changed")).to_be_visible()


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_signing_in_again_asks_for_the_code_too(site, editor, guarded, complaints, kind):
    complaints.expect("401")
    page, authenticator = guarded
    page.goto(f"{site.url}/collections")
    page.get_by_role("button", name="New collection").first.click()
    form = page.get_by_role("dialog", name="New collection")
    form.get_by_label("Name").fill(f"Guarded {editor.login}")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog", name="Sign in to continue")
    again.get_by_label("E-mail or user name").fill(editor.login)
    again.get_by_label("Password").fill(editor.password)
    page.keyboard.press("Enter")
    expect(again.get_by_label("Code from your authenticator app")).to_be_focused()
    expect(again.get_by_label("Password")).to_have_count(0)
    if kind == "app":
        again.get_by_label("Code from your authenticator app").fill(authenticator.code(1))
    else:
        again.get_by_role("button", name="Use a recovery code instead").click()
        again.get_by_label("Recovery code").fill(authenticator.recovery_codes[3])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/collections/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Guarded {editor.login}")


def test_an_admin_resets_two_factor_sign_in(site, editor, guarded, person, open_page):
    page = person("Admin").browse(f"/users?search={editor.login}")
    row = page.get_by_role("row").filter(has_text=editor.login).first
    expect(row).to_contain_text("Two-factor")
    row.get_by_role("button", name=f"Reset two-factor sign-in of {editor.login}").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(row.get_by_role("button", name="Reset two-factor")).to_be_hidden()
    theirs = open_page()
    theirs.goto(f"{site.url}/sign-in")
    type_password(theirs, editor)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_axe_finds_nothing_in_any_step(site, editor, width):
    # axe puts styles of its own into the page, which the policy would refuse.
    page = editor.browse("/profile", bypass_csp=True, **width)
    seen = []

    def look(step: str) -> None:
        seen.extend((step, each) for each in violations(page))
        assert fits(page), step

    mine = panel(page)
    mine.get_by_role("button", name="Turn on").click()
    mine.get_by_label("Your password").fill(editor.password)
    page.keyboard.press("Enter")
    expect(mine.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    look("secret")
    mine.get_by_role("button", name="Cancel").click()
    turn_on(page, editor)
    look("recovery codes")
    mine.get_by_role("button", name="I have saved them").click()
    look("on")
    mine.get_by_role("button", name="Turn off").click()
    look("turning off")
    page.context.clear_cookies()
    page.goto(f"{site.url}/sign-in")
    type_password(page, editor)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    look("code")
    page.get_by_role("link", name="Use a recovery code instead").click()
    look("recovery code")
    assert seen == []
