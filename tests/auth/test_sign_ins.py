"""Listing and ending one's own sign-ins."""

from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, is_signed_in, refresh, signed_in


def sign_ins(person: Caller) -> list[dict]:
    return person.get("/api/auth/sign-ins").json["items"]


def test_sign_ins_are_listed_newest_first_with_address_and_time(app, owner, clock):
    clock.shift(60)
    body = {"login": "owen", "password": PASSWORD}
    Caller(app).post(
        "/api/auth/login",
        body,
        headers={"User-Agent": "Zabbix 7"},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    newest, first = sign_ins(owner)
    assert newest | {"id": 1} == {
        "id": 1,
        "address": "192.0.2.7",
        "user_agent": "Zabbix 7",
        "created_at": "2026-11-27T08:01:00Z",
        "expires_at": "2026-12-27T08:01:00Z",
        "is_this_one": False,
    }
    assert (first["is_this_one"], first["created_at"]) == (True, "2026-11-27T08:00:00Z")


def test_users_list_only_their_own_sign_ins(owner, admin):
    assert [each["is_this_one"] for each in sign_ins(owner)] == [True]
    assert [each["is_this_one"] for each in sign_ins(admin)] == [True]


def test_ended_sign_ins_are_not_listed(app, owner, clock):
    phone = signed_in(app, "owen")
    assert phone.post("/api/auth/logout").status_code == 204
    assert len(sign_ins(owner)) == 1
    clock.shift(30 * 86_400)
    assert len(sign_ins(signed_in(app, "owen"))) == 1


def test_ending_a_sign_in_ends_its_tokens_at_once(app, owner):
    phone = signed_in(app, "owen")
    lost = next(each["id"] for each in sign_ins(owner) if not each["is_this_one"])
    assert owner.delete(f"/api/auth/sign-ins/{lost}").status_code == 204
    assert not is_signed_in(phone)
    refused(refresh(phone), 401)
    assert is_signed_in(owner)
    refused(owner.delete(f"/api/auth/sign-ins/{lost}"), 404)


def test_ending_the_other_sign_ins_keeps_the_current_one(app, owner, stranger):
    phone, laptop = signed_in(app, "owen"), signed_in(app, "owen")
    assert laptop.post("/api/auth/sign-ins/end-others").status_code == 204
    assert [is_signed_in(each) for each in (owner, phone, laptop, stranger)] == [False, False, True, True]


def test_sign_ins_of_other_users_cannot_be_ended(owner, stranger, admin):
    (theirs,) = sign_ins(owner)
    for person in (stranger, admin):
        refused(person.delete(f"/api/auth/sign-ins/{theirs['id']}"), 404)
    assert is_signed_in(owner)
