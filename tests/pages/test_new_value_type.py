"""A registered value type appears on the pages without any script for it."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Api
from tests.support.browsing import row
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Yield a server with an additional value type."""
    folder = tmp_path_factory.mktemp("sawtooth")
    url = f"sqlite:///{folder / 'spikecast.db'}"
    with running_server(url, app="tests.support.sawtooth_app:app") as server:
        yield server


@pytest.fixture(scope="module")
def admin_api(site):
    return Api(site.url, ADMIN_USERNAME, ADMIN_PASSWORD)


def test_a_field_of_a_new_value_type_is_added_and_overridden(editor, width):
    collection = editor.api.collection(f"Saw {editor.login}")
    page = editor.browse(f"/collections/{collection['id']}", **width)
    page.get_by_role("button", name="New field").first.click()
    dialog = page.get_by_role("dialog", name="New field")
    dialog.get_by_label("Name").fill("wave")
    dialog.get_by_label("Value").select_option(label="Sawtooth")
    expect(dialog).to_contain_text("Rises by 1 a second")
    dialog.get_by_label("Period").fill("0")
    dialog.get_by_role("button", name="Create field").click()
    expect(dialog.get_by_label("Period")).to_have_accessible_description("Must be 1 or more.")
    dialog.get_by_label("Period").fill("600")
    expect(dialog).to_contain_text("sawtooth of 600 seconds")
    dialog.get_by_role("button", name="Create field").click()
    expect(row(page, "wave")).to_contain_text("sawtooth of 600 seconds")

    page.goto(f"{editor.site}/spikes/new?collection={collection['id']}")
    page.get_by_label("wave: period").fill("60")
    page.get_by_label("Name", exact=True).fill("Fast waves")
    page.get_by_role("button", name="Create spike").click()
    expect(page.get_by_text("Fast waves").first).to_be_visible()
    (spike,) = editor.api.get(f"/api/spike-schedules?collection_id={collection['id']}")["items"]
    (copy,) = editor.api.get(f"/api/spike-schedules/{spike['id']}")["spike_fields"]
    assert (copy["period_seconds"], copy["original"]["period_seconds"]) == (60, 600)
