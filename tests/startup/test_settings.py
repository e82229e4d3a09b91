"""Settings: what the environment may say, and what is said when it is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import BadSetting, FirstAdmin, load

REPOSITORY = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
ADMIN = {"ADMIN_EMAIL": "ada@example.org", "ADMIN_USERNAME": "ada", "ADMIN_PASSWORD": "a good password"}


def load_with(**settings: str) -> config.Settings:
    return load({f"SPIKECAST_{name}": value for name, value in settings.items()})


def fault(**settings: str) -> str:
    """What is said about settings that must be refused."""
    with pytest.raises(BadSetting) as refusal:
        load_with(**settings)
    return str(refusal.value)


def test_everything_has_a_working_default():
    settings = load({})
    assert settings == config.Settings(
        instance=REPOSITORY / "instance",
        database_url=config.make_url(f"sqlite:///{REPOSITORY / 'instance' / 'spikecast.db'}"),
        secret_key=None,
        bind="127.0.0.1:8088",
        workers=3,
        sqlite_synchronous="FULL",
        cached_fields=150_000,
        trusted_proxies=0,
        audit_entries=100_000,
        first_admin=None,
    )


def test_a_blank_setting_is_none():
    assert load_with(DATABASE_URL="", BIND="  ", WORKERS="", SECRET_KEY=" ", ADMIN_EMAIL="") == load({})


def test_other_peoples_variables_are_none_of_ours():
    assert load({"PATH": "/bin", "DATABASE_URL": "mysql://x", "spikecast_bind": "nonsense"}) == load({})


def test_space_around_a_value_does_not_count():
    assert load_with(WORKERS=" 4\n").workers == 4


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
        ("AUDIT_ENTRIES", "1000", "audit_entries", 1000),
        ("AUDIT_ENTRIES", "10000000", "audit_entries", 10_000_000),
        ("SQLITE_SYNCHRONOUS", "normal", "sqlite_synchronous", "NORMAL"),
        ("SQLITE_SYNCHRONOUS", "FULL", "sqlite_synchronous", "FULL"),
        ("SECRET_KEY", SECRET, "secret_key", SECRET),
        ("INSTANCE", "/var/lib/spikecast", "instance", Path("/var/lib/spikecast")),
        ("INSTANCE", "here", "instance", Path.cwd() / "here"),
    ],
)
def test_what_a_setting_may_be(name, value, attribute, expected):
    assert getattr(load_with(**{name: value}), attribute) == expected


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////var/lib/spikecast.db", "sqlite:////var/lib/spikecast.db"),
        ("sqlite:///data.db", f"sqlite:///{Path.cwd() / 'data.db'}"),
        ("postgresql://ada@db/x", "postgresql+psycopg://ada@db/x"),
        ("postgres://ada:secret@db:5433/x", "postgresql+psycopg://ada:secret@db:5433/x"),
        ("postgresql+psycopg://ada@/x?host=/run", "postgresql+psycopg://ada@/x?host=%2Frun"),
    ],
)
def test_the_database_is_sqlite_or_postgresql(given, used):
    url = load_with(DATABASE_URL=given).database_url
    assert url.render_as_string(hide_password=False) == used


def test_the_database_is_in_the_instance_folder_where_nothing_else_is_said():
    assert load_with(INSTANCE="/srv/spikecast").database_url.database == "/srv/spikecast/spikecast.db"


def test_the_first_admin_comes_of_three_settings():
    assert load_with(**ADMIN).first_admin == FirstAdmin("ada@example.org", "ada", "a good password")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "nonsense", "is not a database URL"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("DATABASE_URL", "mysql://ada@db/x", "has the scheme 'mysql'"),
        ("DATABASE_URL", "postgresql+psycopg2://ada@db/x", "has the scheme 'postgresql+psycopg2'"),
        ("DATABASE_URL", "postgresql://ada@db:port/x", "is not a database URL"),
        ("DATABASE_URL", "/var/lib/spikecast.db", "is not a database URL"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcde", "needs at least 32 bytes"),
        ("SECRET_KEY", "short", "too simple"),
        ("SECRET_KEY", "x" * 64, "too simple"),
        ("SECRET_KEY", "abababababababababababababababababababab", "too simple"),
        ("SECRET_KEY", "Please-Change-This-Secret-Key-Now!", "is an example"),
        ("SECRET_KEY", "0123456789abcdef\udcff0123456789abcdef", "not printable text"),
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
        ("AUDIT_ENTRIES", "999", "must be a whole number from 1000 to 10000000"),
        ("SQLITE_SYNCHRONOUS", "OFF", "must be FULL or NORMAL"),
        ("SQLITE_SYNCHRONOUS", "1", "must be FULL or NORMAL"),
        ("INSTANCE", "/var/\x00lib", "not printable text"),
        ("INSTANCE", "/var/lib\n/x", "not printable text"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_wrong_is_said_in_a_sentence_that_names_the_setting(name, value, says):
    said = fault(**{name: value})
    assert said.startswith(f"SPIKECAST_{name} ")
    assert says in said
    assert "\n" not in said


@pytest.mark.parametrize("missing", ADMIN)
def test_the_first_admin_needs_all_three(missing):
    given = {name: value for name, value in ADMIN.items() if name != missing}
    assert fault(**given).startswith(f"SPIKECAST_{missing} is missing")


@pytest.mark.parametrize(
    ("name", "meant"), [("DATABASE", "DATABASE_URL"), ("SECRETKEY", "SECRET_KEY"), ("WORKER", "WORKERS")]
)
def test_a_misspelt_setting_is_told_with_the_one_that_was_meant(name, meant):
    said = fault(**{name: "x"})
    assert said == f"SPIKECAST_{name} is not a setting of Spikecast; did you mean SPIKECAST_{meant}?"


def test_an_unknown_setting_is_told_with_those_that_there_are():
    said = fault(ZZZ="x")
    assert all(name in said for name in config.KNOWN)


@pytest.mark.parametrize("value", ["a good secret", "0123456789abcdef"])
def test_a_refusal_never_shows_a_secret(value):
    assert value not in fault(SECRET_KEY=value)
    assert value not in fault(DATABASE_URL=f"mysql://ada:{value}@db/x")
    assert value not in fault(DATABASE_URL=f"postgresql://ada:{value}@db:port/x")


@given(st.sampled_from(sorted(config.KNOWN)), st.text(st.characters(blacklist_characters="\0"), max_size=60))
def test_any_value_either_works_or_is_a_bad_setting(name, value):
    try:
        load_with(**{name: value})
    except BadSetting as refusal:
        named = {f"SPIKECAST_{each}" for each in (name, *ADMIN)}
        assert str(refusal).split()[0] in named  # noqa: PT017 - either way is right
