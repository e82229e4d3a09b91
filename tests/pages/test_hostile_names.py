"""Hostile text in every name is shown as text on every page."""

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.pages.conftest import Api, Person
from tests.support.browsing import RANGE, toast, visit

HOSTILE = {
    "markup": [
        "<script>alert(1)</script>",
        "</script><svg onload=alert(1)>",
        "&lt;b&gt; %3Cb%3E \\u003cb\\u003e",
    ],
    "quotes": [
        '"><img src=x onerror=alert(1)>',
        "'; alert(1); '",
        'x" x-init="alert(1)" y=\'',
    ],
    "templates and addresses": [
        "javascript:alert(1)",
        "{{ 7 * 7 }} {% raw %} ${7*7} `7`",
        "../../etc/passwd?a=b#c",
    ],
}
NAMES = [name for group in HOSTILE.values() for name in group]
LISTS = ["/", "/collections", "/spikes", "/spikes?view=timeline", "/api-keys", "/receivers"]
OWN_PAGES = [
    "/collections/{collection}",
    "/spikes/new?collection={collection}",
    "/spikes/{spike}",
    "/spikes/{spike}/edit",
    "/integrations?collection={collection}",
    "/receivers/{receiver}",
]


def shown(page: Page) -> str:
    """Return all text of the page, including that of inputs."""
    inputs = page.locator("input, textarea, select").evaluate_all("all => all.map(each => each.value)")
    return "\n".join([page.locator("body").inner_text(), *inputs])


def look(page: Page, url: str, *names: str) -> None:
    """Check that the page shows the names, only as text."""
    visit(page, url)
    for name in names:
        assert name in shown(page), (name, url)
    assert page.locator("main script, main img, main svg[onload], [onerror], [x-init]").count() == 0, url
    assert page.locator("[href^='javascript:' i]").count() == 0, url


def make(editor: Person, name: str, *more: str) -> dict:
    """Create a collection, a spike and a polled key with this name, and a field with each of the names."""
    text = {"value_type": "TEXT_FIXED", "fixed_value_text": name}
    fields = dict.fromkeys((name, *more), RANGE)
    api, collection_name = editor.api, f"{name} {editor.login}"
    collection = api.collection(collection_name, **fields, **{f"{name} text": text})
    override = {"original_field_id": collection["fields"][0]["id"], "range_end_number": 100}
    spike = api.spike(collection, name, spike_fields=[override])
    allowed = [{"collection_id": collection["id"]}]
    key = api.post("/api/api-keys", {"label": name, "allowed_collections": allowed})["key"]
    poll = f"{editor.site}/api/collections/{collection['id']}/data/performance"
    assert requests.get(poll, headers={"X-API-Key": key}, timeout=20).ok
    receiver = api.receiver(name, name, *more)
    return {"collection": collection["id"], "spike": spike["id"], "receiver": receiver["id"]}


def test_hostile_names_are_shown_as_text_in_lists(site, editor):
    for name in NAMES:
        make(editor, name)
    page = editor.browse("/profile")
    for path in LISTS:
        look(page, site.url + path, *NAMES)


# One name for all that is hostile in the same way: a page each, instead of a page for each of them.
@pytest.mark.parametrize("names", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_shown_as_text_on_their_pages(site, editor, names):
    name = " ".join(names)
    things = make(editor, name, *names)
    page = editor.browse("/profile")
    for path in OWN_PAGES:
        look(page, site.url + path.format(**things), name)


def test_hostile_names_are_shown_as_text_in_dialogs_and_toasts(site, editor):
    for name in NAMES:
        editor.api.spike(editor.api.collection(f"{name} {editor.login}", load=RANGE), name)
    page = editor.browse("/spikes")
    for name in NAMES:
        page.get_by_role("button", name=f"Delete {name}", exact=True).click()
        toast(page, f"“{name}” deleted.")
    page.goto(f"{site.url}/collections")
    for name in NAMES:
        collection = f"{name} {editor.login}"
        page.get_by_role("button", name=f"Delete {collection}", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name=f"Delete “{collection}”?")).to_be_visible()
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)


def test_hostile_user_names_and_user_agents_are_shown_as_text(site, person):
    admin, people = person("Admin"), [person("Editor", name) for name in NAMES]
    for number, owner in enumerate(people):
        owner.api.collection(f"Owned {number}")
    page = admin.browse("/profile")
    look(page, f"{site.url}/users?sort=-created_at", *NAMES)
    look(page, f"{site.url}/collections?search=Owned", *NAMES)

    someone = people[0]
    programs = [name.replace(" ", "") for name in NAMES]  # a program is shown by its first word
    for program in programs:
        Api(site.url, someone.login, someone.password, user_agent=program)
    look(someone.browse("/profile"), f"{site.url}/profile", someone.login, *programs)
