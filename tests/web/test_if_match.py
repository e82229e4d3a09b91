"""If-Match: a write to a resource that another request has changed meanwhile is refused."""

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.etags import (
    CONDITIONAL,
    KINDS,
    OTHER_CHANGES,
    change_as_other,
    get_etag,
    get_resource_path,
    send_write,
)
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures
from tests.support.timestamps import at
from tests.support.write_catalog import WriteFixtures


@pytest.fixture
def resources(app, admin) -> WriteFixtures:
    return WriteFixtures(app, admin)


@pytest.fixture
def field(make) -> str:
    """Create a field called cpu, and return its path."""
    return f"/api/fields/{make.field(make.collection(), name='cpu')['id']}"


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_a_write_with_a_stale_etag_is_refused_and_changes_nothing(resources, rows, write):
    path = get_resource_path(resources, write)
    seen = get_etag(resources.admin, path)
    change_as_other(resources, path)
    before, present = rows(), get_etag(resources.admin, path)
    response = send_write(resources, write, seen)
    problem = refused(response, 412)
    assert problem["type"] == "urn:spikecast:problem:precondition-failed"
    assert response.headers["ETag"] == present != seen
    assert rows() == before


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_a_write_with_the_current_etag_succeeds(resources, write):
    assert (
        send_write(
            resources, write, get_etag(resources.admin, get_resource_path(resources, write))
        ).status_code
        == write.status
    )


@pytest.mark.parametrize(
    "if_match", ["*", '"another", {}', '{}, "another"', '"another",{},', ' , "a,b" ,\t{} ', '"", {}']
)
def test_one_matching_etag_in_a_list_or_an_asterisk_suffices(owner, field, if_match):
    header = if_match.format(get_etag(owner, field))
    assert owner.patch(field, {"field_name": "x"}, headers={"If-Match": header}).status_code == 200


@pytest.mark.parametrize(
    "if_match", ["W/{}", 'W/{}, "another"', '"another"', '""', '"\xe9"', '"*"', '"{}", W/"a"']
)
def test_other_and_weak_etags_do_not_match(owner, field, if_match):
    tag = get_etag(owner, field)
    header = if_match.format(tag if if_match.startswith("W") else "nothing")
    response = owner.patch(field, {"field_name": "x"}, headers={"If-Match": header})
    refused(response, 412)
    assert response.headers["ETag"] == tag
    assert owner.get(field).json["field_name"] == "cpu"


def test_the_refusal_of_a_weak_etag_explains_the_cause(owner, field):
    tag = get_etag(owner, field)
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
def test_an_invalid_if_match_header_is_malformed(owner, field, rows, if_match):
    before = rows()
    problem = refused(owner.delete(field, headers={"If-Match": if_match}), 400)
    assert "If-Match" in problem["detail"]
    assert rows() == before


@pytest.mark.parametrize("write", CONDITIONAL, ids=str)
def test_a_write_to_a_deleted_resource_is_not_found(resources, write):
    path = get_resource_path(resources, write)
    seen = get_etag(resources.admin, path)
    assert resources.admin.delete(path).status_code == 204
    refused(send_write(resources, write, seen), 404)


@pytest.mark.parametrize("header", ['"stale"', "malformed"])
def test_access_is_checked_before_if_match(app, owner, admin, viewer, stranger, header):
    route_fixtures = RouteFixtures({"admin": admin, "owner": owner}, owner)
    headers = {"If-Match": header}
    paths = [f"/api/collections/{route_fixtures.collection_id}", f"/api/fields/{route_fixtures.field_id}"]
    paths += [f"/api/spike-schedules/{route_fixtures.spike_id}", f"/api/api-keys/{route_fixtures.key_id}"]
    for path in paths:
        refused(stranger.delete(path, headers=headers), 404)
        refused(viewer.delete(path, headers=headers), 404 if "key" in path else 403)
    refused(admin.patch(paths[-1], {"label": "x"}, headers=headers), 403)
    refused(owner.delete(f"/api/users/{viewer.user_id}", headers=headers), 403)


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_concurrent_writes_with_the_same_etag_one_is_refused(resources, kind):
    path = next(get_resource_path(resources, write) for write in CONDITIONAL if f"/{kind}/" in write.path)
    headers = {"If-Match": get_etag(resources.admin, path)}
    (name,) = OTHER_CHANGES[kind]
    wanted = [f"{n}@example.org" if kind == "users" else f"name {n}" for n in range(8)]
    answers = run_concurrently(
        *(lambda each=each: resources.admin.patch(path, {name: each}, headers=headers) for each in wanted)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (made,) = (answer for answer in answers if answer.status_code == 200)
    assert resources.admin.get(path).json[name] == made.json[name]
    assert {answer.headers["ETag"] for answer in answers} == {get_etag(resources.admin, path)}


def test_an_ended_spike_is_not_reopened_with_the_etag_of_the_active_one(owner, make, clock):
    spike = make.spike(make.collection(None, {}))
    path = f"/api/spike-schedules/{spike['id']}"
    headers = {"If-Match": get_etag(owner, path)}
    clock.shift(60)
    assert owner.post(f"{path}/end").status_code == 200
    refused(owner.patch(path, {"end_datetime": at(120)}, headers=headers), 412)
    refused(owner.post(f"{path}/extend", {"duration": 600}, headers=headers), 412)
    assert owner.get(path).json["status"] == "expired"


def test_without_if_match_a_write_succeeds(owner, field):
    owner.patch(field, {"field_name": "theirs"})
    assert owner.patch(field, {"field_name": "mine"}).status_code == 200
