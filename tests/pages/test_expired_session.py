"""A sign-in that ends while a form is open loses no input."""

from playwright.sync_api import expect


def test_signing_in_again_says_that_the_server_does_not_respond(editor, complaints):
    complaints.expect("401")
    complaints.expect("ERR_FAILED")
    page = editor.browse("/collections")
    page.get_by_role("button", name="New collection").first.click()
    page.get_by_role("dialog", name="New collection").get_by_label("Name").fill("Kept")
    editor.api.post("/api/auth/logout")
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog", name="Sign in to continue")
    again.get_by_label("E-mail or user name").fill(editor.login)
    again.get_by_label("Password").fill(editor.password)
    page.route("**/sign-in", lambda route: route.abort())
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("alert")).to_contain_text("The server is not responding")


def test_the_form_asks_to_sign_in_and_keeps_its_input(site, editor, admin_api, complaints):
    complaints.expect("401")
    page = editor.browse("/collections")
    page.get_by_role("button", name="New collection").first.click()
    dialog = page.get_by_role("dialog", name="New collection")
    dialog.get_by_label("Name").fill(f"Kept {editor.login}")
    # An Admin gives the user a new password: every sign-in of theirs ends at once.
    users = admin_api.get(f"/api/users?search={editor.login}")["items"]
    admin_api.call("PATCH", f"/api/users/{users[0]['id']}", {"password": "another password"})
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog", name="Sign in to continue")
    expect(again).to_contain_text("Your input is kept")
    again.get_by_label("E-mail or user name").fill(editor.login)
    again.get_by_label("Password").fill("another password")
    again.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/collections/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Kept {editor.login}")
