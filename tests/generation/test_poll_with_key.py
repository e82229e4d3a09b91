"""Who may poll: an API key, what it may read, and when it was last used."""

import base64
from datetime import timedelta

import pytest

from app.core import key_format
from tests.conftest import NOW
from tests.support.client import Caller, Poller

PATH = "/api/data/Truck%2001/performance"


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def mistyped(key: str) -> str:
    """The key with one character of its random part replaced by another."""
    return key[:10] + ("a" if key[10] != "a" else "b") + key[11:]


def must_be_refused(response):
    assert response.status_code == 401, response.text
    assert response.content_type == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    return response.json["detail"]


# --- How a key comes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("X-API-Key", "{}"),
        ("x-api-key", "{}"),
        ("X-API-Key", " {} "),
        ("Authorization", "Bearer {}"),
        ("Authorization", "bearer {}"),
        ("Authorization", "BEARER {}"),
        ("Authorization", "bEaReR {}"),
        ("Authorization", "Bearer   {}"),
        ("authorization", "Bearer {} "),
        ("Authorization", "{}"),
        ("Authorization", " {} "),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_key_comes_in_either_header(make, truck, nobody, name, form, by):
    path = PATH if by == "name" else f"/api/collections/{truck['id']}/data/performance"
    assert nobody.get(path, headers={name: form.format(make.key().key)}).json["data"] == {"cpu": 7}


def test_of_two_keys_the_one_in_x_api_key_counts(make, truck, nobody):
    good, unknown = make.key().key, key_format.generate()
    right = {"X-API-Key": good, "Authorization": f"Bearer {unknown}"}
    wrong = {"X-API-Key": unknown, "Authorization": f"Bearer {good}"}
    assert nobody.get(PATH, headers=right).status_code == 200
    assert nobody.get(PATH, headers=wrong).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "   "},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic"},
        {"Authorization": "Basic Og=="},
        {"Authorization": "Basic IDog"},
        {"Authorization": "Basic {key}"},
        {"Authorization": "Basic \u20ac"},
        {"Authorization": "Basic dXNlcjp"},
        {"Authorization": "Basic dXNl cjpw"},
        {"Authorization": "Token {key}"},
        {"Authorization": "Digest {key}"},
        {"Authorization": "Bearer {key} {key}"},
        {"Authorization": "hunter2"},
        {"Authorization": "eyJhbGciOiJIUzI1NiJ9.e30.abc"},
        {"Cookie": "X-API-Key={key}; access_token_cookie={key}"},
        {"Api-Key": "{key}"},
    ],
    ids=str,
)
def test_without_a_key_there_is_nothing(make, truck, nobody, headers):
    key = make.key().key
    sent = {name: form.format(key=key) for name, form in headers.items()}
    assert must_be_refused(nobody.get(PATH, headers=sent)) == "Send an API key: X-API-Key: <key>"


def basic(text: str | bytes) -> str:
    """Basic credentials of `user name:password`."""
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize(
    ("scheme", "form"),
    [
        ("Basic ", "spikecast:{good}"),
        ("basic ", "spikecast:{good}"),
        ("BASIC   ", "spikecast:{good}"),
        ("Basic ", ":{good}"),
        ("Basic ", "{good}:"),
        ("Basic ", "{good}"),
        ("Basic ", "{good}:x"),
        ("Basic ", "{good}:X-API-Key"),
        ("Basic ", "{good}:spk_mistyped"),
        ("Basic ", "ada@example.org:{good}"),
        ("Basic ", "Zoë:{good}"),
        ("Basic ", " spikecast : {good} "),
        ("Basic ", "{unknown}:{good}"),
        ("Basic ", "{good}:{good}"),
        ("Basic ", "{good}:a:b"),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_key_comes_as_the_password_of_basic_or_else_as_the_user_name(make, truck, nobody, scheme, form, by):
    path = PATH if by == "name" else f"/api/collections/{truck['id']}/data/performance"
    credentials = basic(form.format(good=make.key().key, unknown=key_format.generate()))
    assert nobody.get(path, headers={"Authorization": scheme + credentials}).json["data"] == {"cpu": 7}


def test_basic_credentials_in_another_encoding_still_carry_the_key(make, truck, nobody):
    sent = basic(b"Zo\xeb:" + make.key().key.encode())
    assert nobody.get(PATH, headers={"Authorization": f"Basic {sent}"}).status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("{good}:{unknown}", "Unknown API key."),
        ("user:password", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("user:spk_mistyped", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("spk_mistyped:", "Invalid API key (checksum mismatch). Copy the whole key."),
        ("user:{good}:", "Invalid API key (checksum mismatch). Copy the whole key."),
        (
            "user:\N{FULLWIDTH LATIN SMALL LETTER S}{good}",
            "Invalid API key (checksum mismatch). Copy the whole key.",
        ),
    ],
)
def test_basic_credentials_without_a_key_that_counts_are_refused(make, truck, nobody, form, says):
    sent = basic(form.format(good=make.key().key, unknown=key_format.generate()))
    assert must_be_refused(nobody.get(PATH, headers={"Authorization": f"Basic {sent}"})) == says


@pytest.mark.parametrize("form", ["Bearer {}", "{}", "Basic {}"])
def test_the_key_in_x_api_key_counts_before_any_in_authorization(make, truck, nobody, form):
    good, unknown = make.key().key, key_format.generate()

    def status(first: str, second: str) -> int:
        sent = form.format(basic(f"x:{second}") if "Basic" in form else second)
        return nobody.get(PATH, headers={"X-API-Key": first, "Authorization": sent}).status_code

    assert (status(good, unknown), status(unknown, good), status(" ", good)) == (200, 401, 200)


def test_a_client_that_waits_for_a_challenge_is_asked_for_a_password(truck, nobody):
    challenges = nobody.get(PATH).headers.getlist("WWW-Authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Bearer", "Basic"]


def test_a_browser_is_not_asked_for_a_password(truck, nobody):
    refusal = nobody.get(PATH, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert refusal.headers.getlist("WWW-Authenticate") == ['Bearer realm="Spikecast data"']


def test_no_other_address_takes_a_key_as_basic_credentials(make, truck, nobody):
    sent = basic(f"x:{make.key().key}")
    refusal = nobody.get("/api/collections", headers={"Authorization": f"Basic {sent}"})
    assert refusal.status_code == 401
    assert "Basic" not in str(refusal.headers.getlist("WWW-Authenticate"))


def test_a_key_in_the_address_is_not_looked_for(make, truck, nobody):
    key = make.key().key
    must_be_refused(nobody.get(f"{PATH}?api_key={key}&X-API-Key={key}&access_token={key}"))


@pytest.mark.parametrize(
    "change",
    [
        mistyped,
        lambda key: key[:-1],
        lambda key: key + "a",
        lambda key: key.upper(),
        lambda key: key.removeprefix("spk_"),
        lambda key: f"{key}, {key}",
        lambda key: f"{key[:20]}\xe9{key[21:]}",
        lambda key: "' OR 1=1 --",
        lambda key: "x" * 5000,
    ],
    ids=["a letter", "cut", "longer", "letter case", "no prefix", "twice", "Latin", "SQL", "long"],
)
def test_a_mistyped_key_is_told_without_asking_the_database(make, truck, nobody, queries, change):
    key = change(make.key().key)
    with queries() as seen:
        detail = must_be_refused(nobody.get(PATH, headers={"X-API-Key": key}))
    assert detail == "Invalid API key (checksum mismatch). Copy the whole key."
    assert seen.count == 0


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_the_token_of_a_person_is_no_api_key(owner, make, truck, nobody, token):
    jwt = owner.tokens[token]
    must_be_refused(owner.get(PATH))
    must_be_refused(nobody.get(PATH, headers={"Authorization": f"Bearer {jwt}"}))
    must_be_refused(nobody.get(PATH, headers={"X-API-Key": jwt}))
    cookies = f"access_token_cookie={jwt}; refresh_token_cookie={jwt}"
    must_be_refused(nobody.get(PATH, headers={"Cookie": cookies}))


def test_a_cookie_beside_the_key_does_no_harm(make, truck, owner):
    tool = make.key()
    assert tool.get(PATH, headers={"Cookie": f"access_token_cookie={owner.tokens['access_token']}"}).json


# --- Keys that do not count (any more) -----------------------------------------------------------------


def test_an_unknown_key_is_refused(app, truck):
    assert must_be_refused(Poller(app, key_format.generate()).poll("Truck 01")) == "Unknown API key."


def test_a_revoked_key_is_refused_at_once(make, truck):
    tool = make.key()
    assert tool.poll("Truck 01").status_code == 200
    make.person.post(f"/api/api-keys/{tool.id}/revoke")
    assert must_be_refused(tool.poll("Truck 01")) == "The API key has been revoked."


def test_a_deleted_key_is_unknown(make, truck):
    tool = make.key()
    make.person.delete(f"/api/api-keys/{tool.id}")
    assert must_be_refused(tool.poll("Truck 01")) == "Unknown API key."


def test_a_key_counts_until_just_before_its_expiry(make, truck, clock):
    tool = make.key(expires_at="2026-11-27T10:00:00+01:00")  # an hour after NOW
    clock.move_to(NOW + timedelta(hours=1, microseconds=-1))
    assert tool.poll("Truck 01").status_code == 200
    clock.move_to(NOW + timedelta(hours=1))
    assert must_be_refused(tool.poll("Truck 01")) == "The API key has expired."


def test_an_expiry_that_is_taken_away_lets_the_key_count_again(make, truck, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    clock.shift(60)
    must_be_refused(tool.poll("Truck 01"))
    make.person.patch(f"/api/api-keys/{tool.id}", {"expires_at": None})
    assert tool.poll("Truck 01").status_code == 200


def test_the_keys_of_a_deleted_user_are_unknown(make, truck, owner, admin, stranger):
    tool = make.key()
    admin.delete(f"/api/users/{owner.user_id}?transfer_to={stranger.user_id}")
    must_be_refused(tool.poll("Truck 01"))


def test_a_refused_key_is_refused_before_the_type_or_the_name_is_looked_at(nobody):
    must_be_refused(nobody.get("/api/data/nothing/no-type"))
    must_be_refused(nobody.get("/api/collections/12345/data/performance"))


# --- What a key may read -------------------------------------------------------------------------------


def statuses(tool, collection) -> tuple[int, int]:
    return tuple(tool.poll(collection["name"], word).status_code for word in ("performance", "configuration"))


@pytest.fixture
def two(make):
    """Two collections, each with fields of both types."""
    fields = [
        {"value_type": "NUMBER_FIXED", "name": "cpu"},
        {"value_type": "TEXT_FIXED", "collection_type": "Configuration", "fixed_value_text": "X"},
    ]
    return make.collection("Truck 01", *fields), make.collection("Truck 02", *fields)


ALL, NONE = (200, 200), (404, 404)


def test_a_key_without_a_list_reads_all_that_its_owner_may(make, two):
    tool = make.key()
    assert [statuses(tool, each) for each in two] == [ALL, ALL]


def test_a_key_without_a_list_reads_what_is_made_later(make):
    tool = make.key()
    later = make.collection("Truck 09", {"value_type": "EPOCH_NOW"})
    assert tool.poll(later["name"]).status_code == 200


def test_a_key_does_not_read_what_belongs_to_somebody_else(make, two, app, stranger):
    made = stranger.post("/api/api-keys", {"label": "theirs"}).json["key"]
    assert statuses(Poller(app, made), two[0]) == NONE


def test_a_key_with_a_list_reads_that_and_no_more(make, two):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"]}])
    assert [statuses(tool, each) for each in two] == [ALL, NONE]


@pytest.mark.parametrize(
    ("listed", "readable"), [("Performance", (200, 404)), ("Configuration", (404, 200)), (None, ALL)]
)
def test_a_key_may_be_limited_to_one_type(make, two, listed, readable):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"], "collection_type": listed}])
    assert [statuses(tool, each) for each in two] == [readable, NONE]


def test_a_key_may_be_limited_to_a_type_here_and_another_there(make, two):
    tool = make.key(
        allowed_collections=[
            {"collection_id": two[0]["id"], "collection_type": "Performance"},
            {"collection_id": two[1]["id"], "collection_type": "Configuration"},
        ]
    )
    assert [statuses(tool, each) for each in two] == [(200, 404), (404, 200)]


def test_a_limit_holds_by_id_too(make, two):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"], "collection_type": "Performance"}])
    paths = [
        f"/api/collections/{each['id']}/data/{word}"
        for each in two
        for word in ("performance", "configuration")
    ]
    assert [tool.get(path).status_code for path in paths] == [200, 404, 404, 404]


def test_a_changed_list_counts_from_the_next_poll_on(make, two):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"]}])
    change = {"allowed_collections": [{"collection_id": two[1]["id"]}]}
    make.person.patch(f"/api/api-keys/{tool.id}", change)
    assert [statuses(tool, each) for each in two] == [NONE, ALL]
    make.person.patch(f"/api/api-keys/{tool.id}", {"allowed_collections": None})
    assert [statuses(tool, each) for each in two] == [ALL, ALL]


def test_a_list_that_deletion_empties_still_limits(make, two):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"]}])
    make.person.delete(f"/api/collections/{two[0]['id']}")
    assert statuses(tool, two[1]) == NONE
    later = make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    assert tool.poll(later["name"]).status_code == 404


@pytest.mark.parametrize("is_limited", [False, True], ids=["without a list", "with a list"])
def test_a_key_reads_only_what_its_owner_may_read_at_that_moment(
    make, two, admin, owner, stranger, is_limited
):
    limits = {"allowed_collections": [{"collection_id": two[0]["id"]}]} if is_limited else {}
    tool = make.key(**limits)
    path = f"/api/collections/{two[0]['id']}"
    admin.patch(path, {"owner_id": stranger.user_id})
    assert statuses(tool, two[0]) == NONE
    admin.patch(path, {"owner_id": owner.user_id})
    assert statuses(tool, two[0]) == ALL


def test_a_viewer_s_key_reads_what_they_were_given(app, make, truck, admin, viewer):
    tool = Poller(app, viewer.post("/api/api-keys", {"label": "vera's"}).json["key"])
    assert tool.poll("Truck 01").status_code == 404
    admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
    assert tool.poll("Truck 01").status_code == 200


@pytest.mark.parametrize("is_limited", [False, True], ids=["without a list", "with a list"])
def test_an_admin_s_key_reads_everything_until_they_are_no_admin(
    app, make, truck, admin, stranger, is_limited
):
    admin.patch(f"/api/users/{stranger.user_id}", {"role": "Admin"})
    boss = Caller(app, headers={"Authorization": f"Bearer {_sign_in(app, 'stan')}"})
    limits = {"allowed_collections": [{"collection_id": truck["id"]}]} if is_limited else {}
    tool = Poller(app, boss.post("/api/api-keys", {"label": "all"} | limits).json["key"])
    assert tool.poll("Truck 01").status_code == 200
    admin.patch(f"/api/users/{stranger.user_id}", {"role": "Editor"})
    assert tool.poll("Truck 01").status_code == 404


def _sign_in(app, name: str) -> str:
    answer = Caller(app).post("/api/auth/login", {"login": name, "password": "correct horse battery"})
    return answer.json["access_token"]


# --- When it was last used -----------------------------------------------------------------------------


def last_used(make, tool) -> str | None:
    return make.person.get(f"/api/api-keys/{tool.id}").json["last_used_at"]


@pytest.mark.parametrize("value_type", ["NUMBER_FIXED", "INCREMENT"])
def test_the_use_of_a_key_is_noted_at_most_once_a_minute(make, clock, value_type):
    make.collection("Truck 01", {"value_type": value_type, "name": "it"})
    tool = make.key()
    noted = [last_used(make, tool)]
    for seconds in (0, 59.999_999, 60, 119, 120.5):
        clock.move_to(NOW + timedelta(seconds=seconds))
        tool.data("Truck 01")
        noted.append(last_used(make, tool))
    times = [None, "08:00:00", "08:00:00", "08:01:00", "08:01:00", "08:02:00.500000"]
    assert noted == [time and f"2026-11-27T{time}Z" for time in times]


def test_a_poll_that_is_refused_is_no_use(make, truck):
    tool = make.key()
    tool.poll("Truck 02")
    tool.poll("Truck 01", "no-type")
    tool.call("HEAD", PATH)
    assert last_used(make, tool) is None


def test_each_key_has_a_use_of_its_own(make, truck):
    one, other = make.key(), make.key()
    one.data("Truck 01")
    assert last_used(make, one) == "2026-11-27T08:00:00Z"
    assert last_used(make, other) is None
