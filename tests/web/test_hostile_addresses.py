"""Addresses that nothing answers to: not found, or refused in words, never a fault of ours."""

import re

import pytest

from tests.support.problems import refused

IDS = {
    "zero": "0",
    "leading zero": "01",
    "negative": "-1",
    "2^31": "2147483648",
    "2^31-1, which nobody has": "2147483647",
    "2^63": "9223372036854775808",
    "10^30": "1" + "0" * 30,
    "10,000 digits": "9" * 10_000,
    "exponent": "1e3",
    "fraction": "1.0",
    "hexadecimal": "0x1",
    "plus": "%2B1",
    "space": "%201",
    "Arabic digits": "%D9%A1",
    "full-width digits": "%EF%BC%91",
    "superscript": "%C2%B2",
    "underscore": "1_0",
    "NUL": "1%00",
    "line feed": "1%0A",
    "words": "null",
    "two dots": "..",
    "encoded slash": "1%2F..%2F1",
    "not UTF-8": "%FF",
    "a wildcard": "*",
    "SQL": "1%20OR%201=1",
}


def routes_about_ids(app) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and "<id:" in rule.rule
    }


@pytest.mark.parametrize("id_", IDS.values(), ids=IDS)
def test_an_id_that_is_none_is_not_found(migrated_app, admin, make, rows, id_):
    tool = make.key()
    before = rows()
    for method, rule in routes_about_ids(migrated_app):
        path = re.sub("<id:[^>]+>", id_, rule).replace("<collection_type>", "performance")
        caller = tool if "/data/" in rule else admin
        body = {} if method in ("POST", "PATCH") else None
        refused(caller.call(method, path, body), 404, 422)
        if method in ("GET", "DELETE"):
            refused(caller.call(method, path), 404)
    assert rows() == before


@pytest.mark.parametrize(
    "sign_in_id", ["0", "%00", "a%00b", "%FF", "x" * 5_000, "..", "%F0%9F%9A%9A", "'%20OR%201=1", "%"]
)
def test_a_sign_in_that_is_none_is_not_found(owner, rows, sign_in_id):
    before = rows()
    refused(owner.delete(f"/api/auth/sign-ins/{sign_in_id}"), 404)
    assert rows() == before


NAMES = [
    "%00",
    "Truck%00",
    "%FF",
    "%ED%A0%80",
    "x" * 50_000,
    "..",
    ".",
    "%2E%2E%2F",
    "%",
    "%zz",
    "%0D%0A",
    "%E2%80%AE",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:12])
def test_a_name_that_is_none_is_not_found(make, name):
    make.collection("Truck", {"name": "cpu"})
    refused(make.key().get(f"/api/data/{name}/performance"), 404)


@pytest.mark.parametrize(
    "word", ["speed", "%00", "performance%00", "%FF", "PERFORM%C4%B0NCE", "x" * 50_000, "1", ".."]
)
def test_a_type_that_is_none_is_refused(make, owner, word):
    collection = make.collection("Truck", {"name": "cpu"})
    tool = make.key()
    refused(tool.get(f"/api/data/Truck/{word}"), 400)
    refused(tool.get(f"/api/collections/{collection['id']}/data/{word}"), 400)
    refused(owner.get(f"/api/collections/{collection['id']}/sample/{word}"), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api//",
        "/api/users/",
        "/api//users",
        "/api/Users",
        "/api/users/1/",
        "/api/openapi.yaml",
        "/api/data",
        "/api/data/",
        "/api/data/Truck",
        "/api/data//performance",
        "/api/%00",
        "/api/;/users",
        "/api/" + "x/" * 2_000,
        "/api/" + "%F0%9F%9A%9A" * 500,
    ],
    ids=lambda path: path[:20],
)
def test_an_unknown_address_is_not_found_whoever_asks(nobody, admin, path):
    for caller in (nobody, admin):
        refused(caller.get(path), 404)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.py",
        "/static/..%2Fconfig.py",
        "/static/%2Fetc/passwd",
        "/static//etc/passwd",
        "/static/css/../../config.py",
        "/static/%00",
        "/static/css",
        "/static/",
        "/static/..%5Cconfig.py",
    ],
)
def test_no_file_but_the_static_ones_is_served(nobody, path):
    assert nobody.get(path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "PROPFIND", "BREW", "X" * 1_000])
def test_an_unknown_method_is_refused(admin, method):
    answer = admin.call(method, "/api/users")
    refused(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "host", ["evil.example", "a b", '"><script>', "[::1", "x:99999", "", "é", "a" * 5_000]
)
def test_the_host_header_never_reaches_an_answer(admin, host):
    made = admin.post("/api/collections", {"name": "Truck"}, headers={"Host": host})
    assert made.status_code in (201, 400)
    assert "evil" not in f"{made.headers}{made.text}"
    assert "script" not in f"{made.headers}{made.text}"
    if made.status_code == 201:
        assert made.headers["Location"] == f"/api/collections/{made.json['id']}"
