"""Single settings: valid values are accepted, and all others are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

import config
from config import BadSetting, FirstAdmin, load
from settings.environment import SETTINGS
from tests.support.settings import ADMIN, SECRET, load_with, refusal

REPOSITORY = Path(__file__).resolve().parents[2]


def test_every_setting_has_a_working_default():
    settings = load({})
    assert settings == config.Settings(
        instance=REPOSITORY / "instance",
        database_url=make_url(f"sqlite:///{REPOSITORY / 'instance' / 'spikecast.db'}"),
        secret_key=None,
        bind="127.0.0.1:8088",
        workers=3,
        sqlite_synchronous="FULL",
        cached_fields=150_000,
        fast_polls=1,
        trusted_proxies=0,
        url_prefix="",
        cookie_name="",
        cors_origins=(),
        audit_entries=100_000,
        audit_people_entries=100_000,
        audit_refusals=20_000,
        alerts=100_000,
        rehearsals=10_000,
        first_admin=None,
    )


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("BIND", "0.0.0.0:80", "bind", "0.0.0.0:80"),
        ("BIND", "localhost:65535", "bind", "localhost:65535"),
        ("BIND", "[::1]:8088", "bind", "[::1]:8088"),
        ("BIND", "unix:/run/spikecast.sock", "bind", "unix:/run/spikecast.sock"),
        ("WORKERS", "1", "workers", 1),
        ("WORKERS", "256", "workers", 256),
        ("TRUSTED_PROXIES", "0", "trusted_proxies", 0),
        ("TRUSTED_PROXIES", "10", "trusted_proxies", 10),
        ("CORS_ORIGINS", "*", "cors_origins", ("*",)),
        ("CORS_ORIGINS", "http://A:80", "cors_origins", ("http://a",)),
        ("CORS_ORIGINS", "https://a, http://b:8080", "cors_origins", ("https://a", "http://b:8080")),
        ("AUDIT_ENTRIES", "1000", "audit_entries", 1000),
        ("AUDIT_ENTRIES", "10000000", "audit_entries", 10_000_000),
        ("AUDIT_PEOPLE_ENTRIES", "5000", "audit_people_entries", 5000),
        ("AUDIT_REFUSALS", "1000", "audit_refusals", 1000),
        ("ALERTS", "1000", "alerts", 1000),
        ("REHEARSALS", "1000", "rehearsals", 1000),
        ("SQLITE_SYNCHRONOUS", "normal", "sqlite_synchronous", "NORMAL"),
        ("SQLITE_SYNCHRONOUS", "FULL", "sqlite_synchronous", "FULL"),
        ("SECRET_KEY", SECRET, "secret_key", SECRET),
        ("INSTANCE", "/var/lib/spikecast", "instance", Path("/var/lib/spikecast")),
        ("INSTANCE", "here", "instance", Path.cwd() / "here"),
        ("URL_PREFIX", "/spikecast", "url_prefix", "/spikecast"),
        ("URL_PREFIX", "/tools/spikecast-2/", "url_prefix", "/tools/spikecast-2"),
        ("URL_PREFIX", "/", "url_prefix", ""),
        ("COOKIE_NAME", "staging_2", "cookie_name", "staging_2"),
    ],
)
def test_valid_values_are_accepted(name, value, attribute, expected):
    assert getattr(load_with(**{name: value}), attribute) == expected


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8088"),
        ({"URL_PREFIX": "/spikecast/"}, "http://127.0.0.1:8088/spikecast"),
        ({"BIND": "unix:/run/spikecast", "URL_PREFIX": "/spikecast"}, ""),
    ],
)
def test_the_address_contains_the_url_prefix(given, address):
    assert load_with(**given).address == address


def test_three_settings_define_the_first_admin():
    assert load_with(**ADMIN).first_admin == FirstAdmin("ada@example.org", "ada", "a good password")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("URL_PREFIX", "spikecast", "must be a path such as /spikecast"),
        ("URL_PREFIX", "//evil.example", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/a/../b", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/a b", "must be a path such as /spikecast"),
        ("URL_PREFIX", "https://spikecast.example.org/x", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/api", "begins with a path that Spikecast uses itself"),
        ("URL_PREFIX", "/static/x", "begins with a path that Spikecast uses itself"),
        ("COOKIE_NAME", "a b", "must be up to 40 letters"),
        ("COOKIE_NAME", "__Host-x", "must be up to 40 letters"),
        ("COOKIE_NAME", "ä", "must be up to 40 letters"),
        ("SECRET_KEY", f"{SECRET}\n", "ends with a line break"),
        *(
            ("CORS_ORIGINS", origin, "must be * or origins such as https://dash.example.org:3000")
            for origin in (
                "dash.example.org",
                "https://dash.example.org/",
                "https://dash.example.org/d/1",
                "https://*.example.org",
                "https://ada@dash.example.org",
                "https://dash.example.org:0",
                "https://dash.example.org:65536",
                "https://bücher.example",
                "https://",
                "null",
                "true",
            )
        ),
        ("CORS_ORIGINS", "* https://dash.example.org", "must be either * or a list of origins"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcde", "needs at least 32 bytes"),
        ("SECRET_KEY", "short", "too simple"),
        ("SECRET_KEY", "x" * 64, "too simple"),
        ("SECRET_KEY", "abababababababababababababababababababab", "too simple"),
        ("SECRET_KEY", "Please-Change-This-Secret-Key-Now!", "is an example"),
        ("SECRET_KEY", "0123456789abcdef\udcff0123456789abcdef", "not printable UTF-8 text"),
        ("BIND", "8088", "must be host:port"),
        ("BIND", ":8088", "must be host:port"),
        ("BIND", "localhost", "must be host:port"),
        ("BIND", "localhost:", "must be host:port"),
        ("BIND", "localhost:0", "must be host:port"),
        ("BIND", "localhost:65536", "must be host:port"),
        ("BIND", "localhost:٨٠", "must be host:port"),
        ("BIND", "localhost:-1", "must be host:port"),
        ("BIND", "localhost:" + "9" * 5_000, "must be host:port"),
        ("BIND", "http://localhost:80", "must be host:port"),
        ("BIND", "::1:8088", "must be host:port"),
        ("BIND", "unix:", "must be host:port"),
        ("BIND", "a b:80", "must be host:port"),
        ("WORKERS", "0", "must be a whole number from 1 to 256"),
        ("WORKERS", "257", "must be a whole number from 1 to 256"),
        ("WORKERS", "-1", "must be a whole number from 1 to 256"),
        ("WORKERS", "2.5", "must be a whole number from 1 to 256"),
        ("WORKERS", "two", "must be a whole number from 1 to 256"),
        ("WORKERS", "٢", "must be a whole number from 1 to 256"),
        ("WORKERS", "9" * 5_000, "must be a whole number from 1 to 256"),
        ("TRUSTED_PROXIES", "11", "must be a whole number from 0 to 10"),
        ("TRUSTED_PROXIES", "yes", "must be a whole number from 0 to 10"),
        ("REHEARSALS", "999", "must be a whole number from 1000 to 10000000"),
        ("AUDIT_ENTRIES", "999", "must be a whole number from 1000 to 10000000"),
        ("AUDIT_REFUSALS", "0", "must be a whole number from 1000 to 10000000"),
        ("ALERTS", "999", "must be a whole number from 1000 to 10000000"),
        ("SQLITE_SYNCHRONOUS", "OFF", "must be FULL or NORMAL"),
        ("SQLITE_SYNCHRONOUS", "1", "must be FULL or NORMAL"),
        ("INSTANCE", "/var/\x00lib", "not printable UTF-8 text"),
        ("INSTANCE", "/var/lib\n/x", "not printable UTF-8 text"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_invalid_value_is_refused_with_a_sentence_that_names_the_setting(name, value, reason):
    message = refusal(**{name: value})
    assert message.startswith(f"SPIKECAST_{name} ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize("missing", ADMIN)
def test_the_first_admin_needs_all_three_settings(missing):
    given = {name: value for name, value in ADMIN.items() if name != missing}
    assert refusal(**given).startswith(f"SPIKECAST_{missing} is missing")


@pytest.mark.parametrize(
    "name", ["a%20b", "a?b=c", "a#b", "a b", "ä ü", "a:b", "100%", "a@b", "?mode=memory", "'"]
)
def test_the_instance_folder_may_have_any_name(name):
    assert load_with(INSTANCE=f"/srv/{name}").database_url.database == f"/srv/{name}/spikecast.db"


@given(st.sampled_from(sorted(SETTINGS)), st.text(st.characters(blacklist_characters="\0"), max_size=60))
def test_any_text_is_accepted_or_raises_bad_setting(name, value):
    try:
        load_with(**{name: value})
    except BadSetting as error:
        named = {f"SPIKECAST_{each}" for each in (name, *ADMIN)}
        assert str(error).split()[0] in named  # noqa: PT017 - either way is right
