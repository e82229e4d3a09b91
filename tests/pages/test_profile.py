"""Users change their password and e-mail in their profile, and Admins set passwords."""

import os

from playwright.sync_api import expect

from tests.support.accessible import violations
from tests.support.browsing import fits

NEW = "a new password of mine"


def test_a_new_password_asks_about_api_keys(site, editor, width, complaints):
    complaints.expect("422")
    for label in ("Zabbix", "Grafana"):
        assert editor.api.post("/api/api-keys", {"label": label})
    page = editor.browse("/profile", bypass_csp=True, **width)
    page.get_by_label("Also revoke the 2 API keys").check()
    page.get_by_label("Current password").fill(editor.password)
    page.get_by_label("New password").fill("password")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("is one of the most common passwords")).to_be_visible()
    expect(page.get_by_label("New password")).to_be_focused()
    assert fits(page)
    assert violations(page) == []
    shot(page, "profile")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed")).to_be_visible()
    expect(page.get_by_label("Also revoke the 2 API keys")).to_be_hidden()
    page.goto(f"{site.url}/api-keys")
    expect(page.get_by_text("Revoked", exact=True)).to_have_count(2)


def test_changing_the_email_requires_the_password(site, editor, complaints):
    complaints.expect("422")
    page = editor.browse("/profile")
    mine = page.get_by_role("region", name="E-mail")
    mine.get_by_label("New e-mail").fill("somebody.new@intranet")
    mine.get_by_label("Your password").fill("not the password")
    mine.get_by_role("button", name="Change e-mail").click()
    expect(mine.get_by_text("is not your password", exact=False)).to_be_visible()
    mine.get_by_label("Your password").fill(editor.password)
    mine.get_by_role("button", name="Change e-mail").click()
    expect(page.get_by_text("E-mail changed.")).to_be_visible()
    expect(page.locator("[data-own-email]")).to_have_text("somebody.new@intranet")
    expect(mine.get_by_label("New e-mail")).to_have_value("")


def test_an_admin_sets_a_password_and_may_revoke_the_keys(site, person, width):
    admin, other = person("Admin"), person("Editor")
    other.api.post("/api/api-keys", {"label": "Zabbix"})
    page = admin.browse(f"/users?search={other.login}", bypass_csp=True, **width)
    page.get_by_role("searchbox").fill(other.login)
    page.get_by_role("button", name=f"Reset password of {other.login}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(NEW)
    dialog.get_by_label("Also revoke the API key").check()
    assert violations(page) == []
    shot(page, "users")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("has a new password")).to_be_visible()
    keys = admin.api.get("/api/api-keys")["items"]
    assert {key["status"] for key in keys if key["username"] == other.login} == {"revoked"}


def test_an_admins_own_email_is_changed_in_the_profile(site, person):
    admin = person("Admin")
    page = admin.browse("/users")
    page.get_by_role("searchbox").fill(admin.login)
    page.get_by_role("button", name=f"Edit {admin.login}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("E-mail")).not_to_be_editable()
    expect(dialog.get_by_role("link", name="profile")).to_be_visible()
    dialog.get_by_label("User name").fill(f"{admin.login} II")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("saved.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Reset password of {admin.login} II")).to_be_hidden()


def shot(page, name):
    if folder := os.environ.get("SHOTS"):
        name = f"{name}-{page.viewport_size['width']}"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{folder}/{name}-{scheme}.png", full_page=True)
