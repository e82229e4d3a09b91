"""ETags and If-Match: a change of what somebody else has changed meanwhile is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import Role
from tests.conftest import add_user
from tests.support.concurrency import run_concurrently
from tests.support.factory import SETTINGS, Maker
from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures
from tests.support.signing_in import PASSWORD, signed_in
from tests.support.timestamps import at
from tests.support.write_catalog import WRITES, WriteFixtures

THING = re.compile(r"/api/(users|collections|fields|spike-schedules|api-keys)/\{\w+\}")
ADDS_TO_A_LIST = re.compile(r"/api/collections/[^/]+/fields")
CONDITIONAL = [
    write for write in WRITES if THING.match(write.path) and not ADDS_TO_A_LIST.fullmatch(write.path)
]
OTHER_CHANGES = {
    "users": {"email": "other@example.org"},
    "collections": {"name": "Changed by another"},
    "fields": {"field_name": "changed by another"},
    "spike-schedules": {"name": "Changed by another"},
    "api-keys": {"label": "Changed by another"},
}
"""What somebody else changes of each kind of thing."""
KINDS = list(OTHER_CHANGES)


@pytest.fixture
def world(app, admin) -> WriteFixtures:
    return WriteFixtures(app, admin)


@pytest.fixture
def field(make) -> str:
    """The path of a field called cpu."""
    return f"/api/fields/{make.field(make.collection(), name='cpu')['id']}"


def thing_of(world, write):
    """The path of the single thing that a write is about."""
    return THING.match(write.path)[0].format(**world.ids)


def tag_of(caller, path):
    response = caller.get(path)
    assert response.status_code == 200, response.text
    return response.headers["ETag"]


def change_it(world, path):
    response = world.admin.patch(path, OTHER_CHANGES[path.split("/")[2]])
    assert response.status_code == 200, response.text


def do(world, write, if_match):
    return world.people[write.by].call(
        write.method,
        write.path.format(**world.ids),
        world.fill_in(write.body),
        headers={"If-Match": if_match},
    )


# --- If-Match ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_a_change_of_what_was_changed_meanwhile_is_refused_and_changes_nothing(world, rows, write):
    path = thing_of(world, write)
    seen = tag_of(world.admin, path)
    change_it(world, path)
    before, present = rows(), tag_of(world.admin, path)
    response = do(world, write, seen)
    problem = refused(response, 412)
    assert problem["type"] == "urn:spikecast:problem:precondition-failed"
    assert response.headers["ETag"] == present != seen
    assert rows() == before


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_a_change_of_what_one_saw_is_made(world, write):
    assert do(world, write, tag_of(world.admin, thing_of(world, write))).status_code == write.status


@pytest.mark.parametrize(
    "if_match", ["*", '"another", {}', '{}, "another"', '"another",{},', ' , "a,b" ,\t{} ', '"", {}']
)
def test_one_of_several_tags_is_enough_and_an_asterisk_stands_for_any(owner, field, if_match):
    header = if_match.format(tag_of(owner, field))
    assert owner.patch(field, {"field_name": "x"}, headers={"If-Match": header}).status_code == 200


@pytest.mark.parametrize(
    "if_match", ["W/{}", 'W/{}, "another"', '"another"', '""', '"\xe9"', '"*"', '"{}", W/"a"']
)
def test_no_other_tag_matches_nor_does_a_weak_one(owner, field, if_match):
    tag = tag_of(owner, field)
    header = if_match.format(tag if if_match.startswith("W") else "nothing")
    response = owner.patch(field, {"field_name": "x"}, headers={"If-Match": header})
    refused(response, 412)
    assert response.headers["ETag"] == tag
    assert owner.get(field).json["field_name"] == "cpu"


def test_a_weakened_tag_is_explained(owner, field):
    tag = tag_of(owner, field)
    problem = refused(owner.delete(field, headers={"If-Match": f"W/{tag}"}), 412)
    assert "without W/" in problem["detail"]
    assert problem["changes"] == []


@pytest.mark.parametrize(
    "if_match",
    [
        "",
        " ",
        ",",
        "abc",
        "'abc'",
        '"abc',
        'abc"',
        '"a" "b"',
        '"a"b',
        "**",
        '*, "a"',
        '"a", *',
        'w/"a"',
        'W/ "a"',
        '"a b"',
        "W/*",
        '"a";',
        "null",
    ],
)
def test_a_header_that_is_none_is_malformed(owner, field, rows, if_match):
    before = rows()
    problem = refused(owner.delete(field, headers={"If-Match": if_match}), 400)
    assert "If-Match" in problem["detail"]
    assert rows() == before


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_what_is_gone_is_not_found_whatever_one_saw_of_it(world, write):
    path = thing_of(world, write)
    seen = tag_of(world.admin, path)
    assert world.admin.delete(path).status_code == 204
    refused(do(world, write, seen), 404)


@pytest.mark.parametrize("header", ['"stale"', "malformed"])
def test_what_one_may_not_change_stays_refused_as_it_was(app, owner, admin, viewer, stranger, header):
    things = RouteFixtures({"admin": admin, "owner": owner}, owner)
    headers = {"If-Match": header}
    paths = [f"/api/collections/{things.collection_id}", f"/api/fields/{things.field_id}"]
    paths += [f"/api/spike-schedules/{things.spike_id}", f"/api/api-keys/{things.key_id}"]
    for path in paths:
        refused(stranger.delete(path, headers=headers), 404)
        refused(viewer.delete(path, headers=headers), 404 if "key" in path else 403)
    refused(admin.patch(paths[-1], {"label": "x"}, headers=headers), 403)
    refused(owner.delete(f"/api/users/{viewer.user_id}", headers=headers), 403)


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_who_change_what_they_saw_at_the_same_moment_one_is_refused(world, kind):
    path = next(thing_of(world, write) for write in CONDITIONAL if f"/{kind}/" in write.path)
    headers = {"If-Match": tag_of(world.admin, path)}
    (name,) = OTHER_CHANGES[kind]
    wanted = [f"{n}@example.org" if kind == "users" else f"name {n}" for n in range(8)]
    answers = run_concurrently(
        *(lambda each=each: world.admin.patch(path, {name: each}, headers=headers) for each in wanted)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (made,) = (answer for answer in answers if answer.status_code == 200)
    assert world.admin.get(path).json[name] == made.json[name]
    assert {answer.headers["ETag"] for answer in answers} == {tag_of(world.admin, path)}


def test_an_ended_spike_is_not_revived_by_who_saw_it_active(owner, make, clock):
    spike = make.spike(make.collection(None, {}))
    path = f"/api/spike-schedules/{spike['id']}"
    headers = {"If-Match": tag_of(owner, path)}
    clock.shift(60)
    assert owner.post(f"{path}/end").status_code == 200
    refused(owner.patch(path, {"end_datetime": at(120)}, headers=headers), 412)
    refused(owner.post(f"{path}/extend", {"duration": 600}, headers=headers), 412)
    assert owner.get(path).json["status"] == "expired"


def test_who_sends_no_header_is_not_asked(owner, field):
    owner.patch(field, {"field_name": "theirs"})
    assert owner.patch(field, {"field_name": "mine"}).status_code == 200


# --- What a tag is of ----------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [write for write in WRITES if write.status in (200, 201)], ids=str)
def test_the_tag_of_an_answer_is_that_of_the_thing_when_it_is_read_next(world, write):
    response = world.do(write)
    if "ETag" not in response.headers:
        assert not THING.match(write.path) or write.status != 200
        return
    path = response.headers.get("Location") or thing_of(world, write)
    if "/users/" in path and "password" in (write.body or {}):
        world.admin = signed_in(world.app, "ada")
    assert tag_of(world.admin, path) == response.headers["ETag"]
    assert re.fullmatch(r'"[\w-]{20}"', response.headers["ETag"])


NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9), st.decimals(-(10**6), 10**6, places=4)
)


@talks_to_the_app
@given(start=NUMBERS, step=st.floats(0.001, 1e6), varied=st.one_of(st.integers(0, 500), st.floats(0, 500)))
def test_the_tag_of_a_counter_is_the_same_however_its_numbers_are_written(owner, make, start, step, varied):
    settings = {"start_number": float(start), "step_number": step, "randomization_percentage": varied}
    field = make.field(make.collection(), "INCREMENT")
    changed = owner.patch(f"/api/fields/{field['id']}", settings)
    assert changed.status_code == 200, changed.text
    assert tag_of(owner, f"/api/fields/{field['id']}") == changed.headers["ETag"]


def test_polls_time_and_sign_ins_leave_every_tag_as_it_is(app, world, clock):
    paths = sorted({thing_of(world, write) for write in CONDITIONAL})
    before = [tag_of(world.admin, path) for path in paths]
    clock.shift(120)
    for _ in range(2):
        world.tool.data("Truck 01")
    signed_in(app, "uma")
    world.admin.post(f"/api/fields/{world.ids['counter']}/reset")
    clock.shift(2)
    assert [tag_of(world.admin, path) for path in paths] == before


def test_a_spike_has_the_same_tag_before_in_and_after_its_window(owner, make, clock):
    spike = make.spike(make.collection(None, {}), start_datetime=at(10), end_datetime=at(20))
    path = f"/api/spike-schedules/{spike['id']}"
    seen = [(tag_of(owner, path), clock.shift(600))[0] for _ in range(3)]
    assert len(set(seen)) == 1


CHANGES_OF_A_SPIKE = {
    "another name": lambda w: w.patch("{spike}", {"name": "Other"}),
    "another end": lambda w: w.post("{spike}/extend", {"duration": 60}),
    "another override": lambda w: w.patch(
        "{spike}", {"spike_fields": [{"original_field_id": w.ids["field"], "range_end_number": 19}]}
    ),
    "no overrides": lambda w: w.patch("{spike}", {"spike_fields": []}),
    "a field renamed": lambda w: w.call("PATCH", "/api/fields/{field}", {"field_name": "CPU"}),
    "a field's rule": lambda w: w.call("PATCH", "/api/fields/{counter}", {"step_number": 7}),
    "a field gone": lambda w: w.call("DELETE", "/api/fields/{counter}"),
}


class About:
    """A world's spike."""

    def __init__(self, world):
        self.world, self.ids = world, world.ids

    def call(self, method, path, body=None):
        return self.world.admin.call(method, path.format(**self.ids), body)

    def patch(self, path, body):
        return self.call("PATCH", f"/api/spike-schedules/{path}", body)

    def post(self, path, body):
        return self.call("POST", f"/api/spike-schedules/{path}", body)


@pytest.mark.parametrize("change", CHANGES_OF_A_SPIKE)
def test_whatever_somebody_changes_of_a_spike_gives_it_another_tag(world, change):
    path = f"/api/spike-schedules/{world.ids['spike']}"
    before = tag_of(world.admin, path)
    assert CHANGES_OF_A_SPIKE[change](About(world)).status_code in (200, 204)
    assert tag_of(world.admin, path) != before


def test_a_collection_has_another_tag_when_its_owner_or_a_field_changes(admin, owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"})
    path = f"/api/collections/{collection['id']}"
    field = f"/api/fields/{collection['fields'][0]['id']}"
    seen = [tag_of(admin, path)]
    for method, where, body in [
        (
            "POST",
            f"{path}/fields",
            {"collection_type": "Performance", "field_name": "x", "value_type": "EPOCH_NOW"},
        ),
        ("PATCH", field, {"range_end_number": 30}),
        ("DELETE", field, None),
        ("PATCH", path, {"owner_id": admin.user_id}),
    ]:
        assert admin.call(method, where, body).status_code < 300
        seen.append(tag_of(admin, path))
    assert len(set(seen)) == len(seen)


def test_a_key_has_another_tag_when_it_is_revoked_or_limited_otherwise(owner, make):
    one, two = make.collection(), make.collection()
    key = make.key(allowed_collections=[{"collection_id": one["id"]}])
    path = f"/api/api-keys/{key.id}"
    seen = [tag_of(owner, path)]
    for change in [
        {"allowed_collections": [{"collection_id": two["id"]}]},
        {"allowed_collections": [{"collection_id": two["id"], "collection_type": "Performance"}]},
        {"allowed_collections": None},
        {"expires_at": at(60)},
        None,
    ]:
        response = owner.patch(path, change) if change else owner.post(f"{path}/revoke")
        assert response.status_code == 200, response.text
        seen.append(tag_of(owner, path))
    assert len(set(seen)) == len(seen)


def test_the_order_in_which_a_key_was_limited_does_not_matter(owner, make):
    limits = [{"collection_id": make.collection()["id"]} for _ in range(3)]
    path = f"/api/api-keys/{make.key(allowed_collections=limits).id}"
    before = tag_of(owner, path)
    assert owner.patch(path, {"allowed_collections": limits[::-1]}).headers["ETag"] == before


def test_a_new_password_gives_a_user_another_tag(admin, viewer):
    path = f"/api/users/{viewer.user_id}"
    before = tag_of(admin, path)
    admin.patch(path, {"password": "another password"})
    assert tag_of(admin, path) != before


@pytest.mark.parametrize("value_type", SETTINGS)
def test_things_that_are_alike_have_tags_of_their_own(owner, make, value_type):
    one, two = (make.field(make.collection(), value_type, "x") for _ in range(2))
    assert len({tag_of(owner, f"/api/fields/{field['id']}") for field in (one, two)}) == 2


# --- What a refusal tells ------------------------------------------------------------------------------


def test_a_refusal_says_who_changed_it_when_and_from_what_to_what(owner, admin, make, clock):
    spike = make.spike(make.collection("Truck 01", {"name": "cpu"}), name="Drill", end_datetime=at(60))
    path = f"/api/spike-schedules/{spike['id']}"
    seen = tag_of(owner, path)
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


def test_a_refusal_about_a_spike_tells_what_became_of_the_collections_fields(owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"})
    path = f"/api/spike-schedules/{make.spike(collection)['id']}"
    seen = tag_of(owner, path)
    owner.patch(f"/api/fields/{collection['fields'][0]['id']}", {"field_name": "CPU"})
    (change,) = refused(owner.post(f"{path}/end", headers={"If-Match": seen}), 412)["changes"]
    assert (change["action"], change["name"]) == ("change-field", "CPU")
    assert change["changed"] == {"field_name": ["cpu", "CPU"]}


def test_nobody_learns_what_was_before_a_collection_became_theirs(admin, owner, stranger, make):
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
    seen = tag_of(owner, path)
    owner.patch(path, {"fixed_value_text": "another secret"})
    response = owner.delete(path, headers={"If-Match": seen})
    assert refused(response, 412)["changes"][0]["changed"] == {"fixed_value_text": None}
    assert "secret" not in response.text
    user = f"/api/users/{owner.user_id}"
    seen = tag_of(admin, user)
    admin.patch(user, {"password": PASSWORD + "!"})
    assert refused(admin.delete(user, headers={"If-Match": seen}), 412)["changes"][0]["changed"] == {
        "password": None
    }


def test_a_refusal_keeps_to_the_latest_changes(app):
    eve = add_user(app, Role.EDITOR, "eve")
    field = Maker(eve).field(Maker(eve).collection(), "NUMBER_FIXED")
    path = f"/api/fields/{field['id']}"
    for number in range(12):
        eve.patch(path, {"field_name": f"name {number}"})
    problem = refused(eve.delete(path, headers={"If-Match": '"old"'}), 412)
    assert [change["name"] for change in problem["changes"]] == [f"name {n}" for n in range(11, 1, -1)]
