"""The details of a refused write: who changed the resource meanwhile, and how."""

from app.models import Role
from tests.conftest import add_user
from tests.support.etags import OTHER_CHANGES, get_etag
from tests.support.factory import Maker
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD
from tests.support.timestamps import at


def test_a_refusal_names_who_changed_what_and_when(owner, admin, make, clock):
    spike = make.spike(make.collection("Truck 01", {"name": "cpu"}), name="Drill", end_datetime=at(60))
    path = f"/api/spike-schedules/{spike['id']}"
    seen = get_etag(owner, path)
    clock.shift(60)
    admin.patch(path, {"end_datetime": at(90)})
    problem = refused(owner.delete(path, headers={"If-Match": seen}), 412)
    assert (problem["changed_by"], problem["changed_at"]) == ("ada", at(1))
    assert problem["changes"] == [
        {
            "at": at(1),
            "by": "ada",
            "action": "change-spike",
            "kind": "spike",
            "name": "Drill",
            "changed": {"end_datetime": [at(60), at(90)]},
        }
    ]
    assert "'Drill' was changed by ada at 2026-11-27T08:01:00Z" in problem["detail"]


def test_a_refusal_about_a_spike_lists_changes_of_the_collections_fields(owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"})
    path = f"/api/spike-schedules/{make.spike(collection)['id']}"
    seen = get_etag(owner, path)
    owner.patch(f"/api/fields/{collection['fields'][0]['id']}", {"field_name": "CPU"})
    (change,) = refused(owner.post(f"{path}/end", headers={"If-Match": seen}), 412)["changes"]
    assert (change["action"], change["name"]) == ("change-field", "CPU")
    assert change["changed"] == {"field_name": ["cpu", "CPU"]}


def test_a_new_owner_does_not_see_changes_from_before_the_transfer(admin, owner, stranger, make):
    collection = make.collection("A name of owen's", {"name": "cpu"})
    path, field = (f"/api/collections/{collection['id']}", f"/api/fields/{collection['fields'][0]['id']}")
    spike = f"/api/spike-schedules/{make.spike(collection, name='A spike of owen')['id']}"
    for changed in (path, field, spike):
        kind = changed.split("/")[2]
        assert owner.patch(changed, OTHER_CHANGES[kind]).status_code == 200
    assert admin.patch(path, {"owner_id": stranger.user_id}).status_code == 200
    for changed in (path, field, spike):
        response = stranger.delete(changed, headers={"If-Match": '"guess"'})
        assert refused(response, 412)["changes"] == []
        assert "owen" not in response.text
    assert refused(admin.delete(path, headers={"If-Match": '"guess"'}), 412)["changes"]


def test_a_refusal_never_shows_a_password_or_a_text(admin, owner, make):
    field = make.field(make.collection(), "TEXT_FIXED", fixed_value_text="a secret of theirs")
    path = f"/api/fields/{field['id']}"
    seen = get_etag(owner, path)
    owner.patch(path, {"fixed_value_text": "another secret"})
    response = owner.delete(path, headers={"If-Match": seen})
    assert refused(response, 412)["changes"][0]["changed"] == {"fixed_value_text": None}
    assert "secret" not in response.text
    user = f"/api/users/{owner.user_id}"
    seen = get_etag(admin, user)
    admin.patch(user, {"password": PASSWORD + "!"})
    assert refused(admin.delete(user, headers={"If-Match": seen}), 412)["changes"][0]["changed"] == {
        "password": None
    }


def test_a_refusal_lists_only_the_latest_changes(app):
    eve = add_user(app, Role.EDITOR, "eve")
    field = Maker(eve).field(Maker(eve).collection(), "NUMBER_FIXED")
    path = f"/api/fields/{field['id']}"
    for number in range(12):
        eve.patch(path, {"field_name": f"name {number}"})
    problem = refused(eve.delete(path, headers={"If-Match": '"old"'}), 412)
    assert [change["name"] for change in problem["changes"]] == [f"name {n}" for n in range(11, 1, -1)]
