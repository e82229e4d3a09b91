"""Settings: what the environment may say, and what is said when it is wrong."""

import os
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
        url_prefix="",
        cookie_name="",
        cors_origins=(),
        audit_entries=100_000,
        audit_people_entries=100_000,
        audit_refusals=20_000,
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
        ("CORS_ORIGINS", "*", "cors_origins", ("*",)),
        ("CORS_ORIGINS", "http://A:80", "cors_origins", ("http://a",)),
        ("CORS_ORIGINS", "https://a, http://b:8080", "cors_origins", ("https://a", "http://b:8080")),
        ("AUDIT_ENTRIES", "1000", "audit_entries", 1000),
        ("AUDIT_ENTRIES", "10000000", "audit_entries", 10_000_000),
        ("AUDIT_PEOPLE_ENTRIES", "5000", "audit_people_entries", 5000),
        ("AUDIT_REFUSALS", "1000", "audit_refusals", 1000),
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
        ("postgresql://ada@corp:secret@db/x", "postgresql+psycopg://ada%40corp:secret@db/x"),
        ("postgresql://ada:a%40b%3Fc@db/x", "postgresql+psycopg://ada:a%40b%3Fc@db/x"),
        ("postgresql://db/x?sslmode=verify-full", "postgresql+psycopg://db/x?sslmode=verify-full"),
        ("postgresql://?service=spikecast", "postgresql+psycopg://?service=spikecast"),
        ("postgresql:///x?host=a&host=b", "postgresql+psycopg:///x?host=a&host=b"),
    ],
)
def test_the_database_is_sqlite_or_postgresql(given, used):
    url = load_with(DATABASE_URL=given).database_url
    assert url.render_as_string(hide_password=False) == used


def test_the_database_is_in_the_instance_folder_where_nothing_else_is_said():
    assert load_with(INSTANCE="/srv/spikecast").database_url.database == "/srv/spikecast/spikecast.db"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8088"),
        ({"URL_PREFIX": "/spikecast/"}, "http://127.0.0.1:8088/spikecast"),
        ({"BIND": "unix:/run/spikecast", "URL_PREFIX": "/spikecast"}, ""),
    ],
)
def test_the_address_to_go_to_has_the_path(given, address):
    assert load_with(**given).address == address


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
        ("DATABASE_URL", "sqlite:////srv/x.db?mode=ro", "has the parameter 'mode'"),
        ("DATABASE_URL", "sqlite:////srv/x.db?timeout=1", "has the parameter 'timeout'"),
        ("DATABASE_URL", "sqlite://host/x.db", "names a host"),
        ("DATABASE_URL", "postgresql://ada:a@b@db/x", "has an @ too many"),
        ("DATABASE_URL", "postgresql://ada:a@/b@db/x", "has an @ too many"),
        ("DATABASE_URL", "postgresql://db/x?schema=other", "has the parameter 'schema'"),
        ("DATABASE_URL", "postgresql://db/x?autocommit=1", "has the parameter 'autocommit'"),
        ("DATABASE_URL", "postgresql://db/x?sslmode=a&sslmode=b", "'sslmode' more than once"),
        (
            "DATABASE_URL",
            "postgresql://db/x?options=-c%20TimeZone=Asia/Tokyo",
            "sets timezone in its options",
        ),
        ("DATABASE_URL", "postgresql://db/x?options=--datestyle=German", "sets datestyle in its options"),
        ("DATABASE_URL", "postgresql://db/x?client_encoding=latin1", "only utf8 works"),
        ("URL_PREFIX", "spikecast", "must be a path such as /spikecast"),
        ("URL_PREFIX", "//evil.example", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/a/../b", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/a b", "must be a path such as /spikecast"),
        ("URL_PREFIX", "https://spikecast.example.org/x", "must be a path such as /spikecast"),
        ("URL_PREFIX", "/api", "begins with a path of Spikecast's own"),
        ("URL_PREFIX", "/static/x", "begins with a path of Spikecast's own"),
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
        ("CORS_ORIGINS", "* https://dash.example.org", "is either * or a list of origins"),
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
        ("AUDIT_REFUSALS", "0", "must be a whole number from 1000 to 10000000"),
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


OF_SERVICES = {
    "PORT": "tcp://10.43.7.1:8088",
    "SERVICE_HOST": "10.43.7.1",
    "SERVICE_PORT": "8088",
    "SERVICE_PORT_HTTP": "8088",
    "SERVICE_PORT_WEB_UI": "8088",
    "PORT_8088_TCP": "tcp://10.43.7.1:8088",
    "PORT_8088_TCP_PROTO": "tcp",
    "PORT_8088_TCP_PORT": "8088",
    "PORT_8088_TCP_ADDR": "10.43.7.1",
    "PORT_53_UDP": "udp://[fd00::1]:53",
    "PORT_9_SCTP_ADDR": "10.43.7.1",
    "PORT_8088_TCP_START": "tcp://172.17.0.5:8088",
    "PORT_8088_TCP_PORT_START": "8088",
    "NAME": "/web/spikecast",
    "ENV_SPIKECAST_BIND": "0.0.0.0:8088",
    "ENV_no_proxy": "x\ny",
    "WEB_SERVICE_HOST": "10.43.7.1",
    "WEB_SERVICE_PORT_HTTP": "8088",
    "WEB_PORT": "tcp://10.43.7.1:8088",
    "WEB_PORT_8088_TCP_ADDR": "10.43.7.1",
    "WEB_NAME": "/app/spikecast-web",
    "BIND_PORT": "tcp://10.43.7.1:8088",
    "WORKERS_SERVICE_HOST": "10.43.7.1",
}


@pytest.mark.parametrize("name", OF_SERVICES)
def test_what_an_orchestrator_says_about_a_service_of_our_name_is_no_setting(name):
    assert load_with(**{name: OF_SERVICES[name]}) == load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKRES", "3"),
        ("PORT", "8088"),
        ("BIND_PORT", "8088"),
        ("WORKERS_PORT", "3"),
        ("NAME", "spikecast"),
        ("HOST", "0.0.0.0"),
        ("SERVICE", "x"),
        ("ENV", "production"),
        ("PORTS", "tcp://10.43.7.1:8088"),
        ("PORT_8088", "8088"),
        ("WORKERS_FILE", "/x"),
        ("SECRET_KEY_FILES", "/x"),
    ],
)
def test_what_only_resembles_it_is_still_refused(name, value):
    assert "is not a setting of Spikecast" in fault(**{name: value})


def test_a_port_alone_is_told_where_it_belongs():
    assert fault(PORT="8088").endswith("did you mean SPIKECAST_BIND=host:port?")


@pytest.mark.parametrize("password", [" spaced out ", "\ta tab first", "a long enough one "])
def test_a_secret_is_taken_exactly_as_given(password):
    if password.isprintable():
        assert load_with(**ADMIN | {"ADMIN_PASSWORD": password}).first_admin.password == password
    else:
        assert "not printable" in fault(**ADMIN | {"ADMIN_PASSWORD": password})
    assert load_with(SECRET_KEY=f" {SECRET} ").secret_key == f" {SECRET} "


@pytest.mark.parametrize(
    "name", ["a%20b", "a?b=c", "a#b", "a b", "ä ü", "a:b", "100%", "a@b", "?mode=memory", "'"]
)
def test_any_folder_can_be_the_instance(name):
    assert load_with(INSTANCE=f"/srv/{name}").database_url.database == f"/srv/{name}/spikecast.db"


FILED = {
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "postgresql://ada:a%20b@db/x",
    "ADMIN_PASSWORD": " a good one ",
}


@pytest.mark.parametrize("name", FILED)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_what_is_secret_can_come_from_a_file(tmp_path, name, end):
    (tmp_path / "a secret").write_bytes(f"{FILED[name]}{end}".encode())
    others = {other: text for other, text in ADMIN.items() if name in ADMIN and other != name}
    from_file = load_with(**others, **{f"{name}_FILE": str(tmp_path / "a secret")})
    assert from_file == load_with(**others, **{name: FILED[name]})


def test_only_one_line_break_at_the_end_of_a_file_is_none_of_the_secret(tmp_path):
    (tmp_path / "key").write_text(f"{SECRET}\n\n")
    assert "ends with a line break" in fault(SECRET_KEY_FILE=str(tmp_path / "key"))


def test_a_setting_and_a_file_for_it_are_one_too_many(tmp_path):
    (tmp_path / "key").write_text(SECRET)
    said = fault(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert said == "SPIKECAST_SECRET_KEY_FILE is given beside SPIKECAST_SECRET_KEY: give one of the two"


def _nothing_there(path: Path) -> None:
    """No file."""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_nothing_there, "cannot be read: No such file or directory"),
        (Path.mkdir, "which is not a regular file"),
        (os.mkfifo, "which is not a regular file"),
        (lambda path: path.write_bytes(b"x" * 65_537), "holds more than 65536 bytes"),
        (lambda path: path.write_bytes(b"\n"), "which is empty"),
        (lambda path: path.write_bytes(b"\xff" * 40), "does not hold text in UTF-8"),
        (lambda path: path.write_bytes(b"\0" * 40), "not printable text"),
    ],
)
@pytest.mark.parametrize("name", FILED)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(tmp_path, name, make, says):
    make(tmp_path / "file")
    said = fault(**{f"{name}_FILE": str(tmp_path / "file")})
    assert said.startswith(f"SPIKECAST_{name}")
    assert says in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:hidden-head@hidden-tail@db/x",
        "postgresql://ada:hidden-head@hidden-tail@db:5432/x@y",
        "postgresql://ada:hidden-head@/hidden-tail@db/x",
        "postgresql://ada:hidden-head%40hidden-tail@db/x",
        "postgresql://ada@corp:hidden-head@db/x",
        "postgresql://ada:hidden-head?hidden-tail@db/x",
        "postgresql://ada@db/x?password=hidden-head@hidden-tail",
        "postgresql://ada@db/x?sslpassword=hidden-head%40hidden-tail",
    ],
)
def test_no_part_of_a_password_is_ever_printed(url):
    assert "hidden-" not in config.without_secrets(config.make_url(url)).replace("=hidden", "=")
    try:
        load_with(DATABASE_URL=url)
    except BadSetting as refusal:
        assert "hidden-" not in str(refusal)  # noqa: PT017 - either way is right


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
