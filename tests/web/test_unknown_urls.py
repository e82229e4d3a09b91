"""Unknown URLs, methods and hosts. Hostile arguments of routes are in the corpus (tests/tools/fuzz)."""

import pytest

from tests.support.problems import refused

pytestmark = pytest.mark.any_database


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
        "/api/data//",
        "/api/data/Truck",
        "/api/data//performance",
        "/api/%00",
        "/api/;/users",
        "/api/" + "x/" * 2_000,
        "/api/" + "%F0%9F%9A%9A" * 500,
    ],
    ids=lambda path: path[:20],
)
def test_an_unknown_url_is_not_found_for_anonymous_callers_and_admins(nobody, admin, path):
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
        "/static/" + "x" * 300,
        "/static/" + "x/" * 2_000,
    ],
    ids=lambda path: f"{path[:20]} {len(path)}",
)
def test_a_path_outside_of_the_static_files_is_not_found(nobody, path):
    assert nobody.get(path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "PROPFIND", "BREW", "X" * 1_000])
def test_an_unknown_method_gets_405_with_the_allowed_methods(admin, method):
    answer = admin.call(method, "/api/users")
    refused(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "host", ["evil.example", "a b", '"><script>', "[::1", "x:99999", "", "é", "a" * 5_000]
)
def test_a_response_never_contains_the_host_header(admin, host):
    response = admin.post("/api/collections", {"name": "Truck"}, headers={"Host": host})
    assert response.status_code in (201, 400)
    assert "evil" not in f"{response.headers}{response.text}"
    assert "script" not in f"{response.headers}{response.text}"
    if response.status_code == 201:
        assert response.headers["Location"] == f"/api/collections/{response.json['id']}"
