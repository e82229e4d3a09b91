"""Hostile text in every name, on every page: shown as text, and nothing else happens."""

import pytest

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); '",
    "{{ 7 * 7 }} {% raw %} ${7*7} `7`",
    "</script><svg onload=alert(1)>",
    "javascript:alert(1)",
    'x" x-init="alert(1)" y=\'',
    "&lt;b&gt; %3Cb%3E \\u003cb\\u003e",
    "../../etc/passwd?a=b#c",
]
RANGE = {"value_type": "NUMBER_RANGE", "range_start_number": 1, "range_end_number": 5}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_on_every_page(site, editor, complaints, name):
    api = editor.api
    text = {"value_type": "TEXT_FIXED", "fixed_value_text": name}
    collection = api.collection(f"{name} {editor.login}", **{name: RANGE, f"{name} text": text})
    spike = api.spike(collection, name)
    api.post("/api/api-keys", {"label": name, "allowed_collections": [{"collection_id": collection["id"]}]})
    page = editor.browse("/")
    for path in (
        "/",
        "/collections",
        f"/collections/{collection['id']}",
        "/spikes",
        "/spikes?view=timeline",
        f"/spikes/new?collection={collection['id']}",
        f"/spikes/{spike['id']}",
        "/api-keys",
        f"/integrations?collection={collection['id']}",
    ):
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        shown = page.locator("body").inner_text() + "".join(
            page.locator("input, textarea").evaluate_all("all => all.map(each => each.value)")
        )
        assert name in shown, path
        assert page.locator("main script, main img, main svg[onload]").count() == 0, path
    assert complaints.unexpected == []
