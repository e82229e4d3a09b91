"""Which variables are settings, and settings that come from files."""

import os
from pathlib import Path

import pytest

from config import load
from settings.environment import SETTINGS
from tests.support.settings import ADMIN, SECRET, load_with, refusal


def test_a_blank_setting_counts_as_not_given():
    assert load_with(DATABASE_URL="", BIND="  ", WORKERS="", SECRET_KEY=" ", ADMIN_EMAIL="") == load({})


def test_variables_without_the_prefix_are_ignored():
    assert load({"PATH": "/bin", "DATABASE_URL": "mysql://x", "spikecast_bind": "nonsense"}) == load({})


def test_spaces_around_a_value_are_ignored():
    assert load_with(WORKERS=" 4\n").workers == 4


@pytest.mark.parametrize("password", [" spaced out ", "\ta tab first", "a long enough one "])
def test_a_secret_keeps_its_spaces(password):
    if password.isprintable():
        assert load_with(**ADMIN | {"ADMIN_PASSWORD": password}).first_admin.password == password
    else:
        assert "not printable" in refusal(**ADMIN | {"ADMIN_PASSWORD": password})
    assert load_with(SECRET_KEY=f" {SECRET} ").secret_key == f" {SECRET} "


@pytest.mark.parametrize(
    ("name", "meant"), [("DATABASE", "DATABASE_URL"), ("SECRETKEY", "SECRET_KEY"), ("WORKER", "WORKERS")]
)
def test_a_misspelt_setting_is_refused_with_a_suggestion(name, meant):
    message = refusal(**{name: "x"})
    assert message == f"SPIKECAST_{name} is not a setting of Spikecast; did you mean SPIKECAST_{meant}?"


def test_an_unknown_setting_is_refused_with_a_list_of_all_settings():
    message = refusal(ZZZ="x")
    assert all(name in message for name in SETTINGS)


SERVICE_VARIABLES = {
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


@pytest.mark.parametrize("name", SERVICE_VARIABLES)
def test_variables_that_an_orchestrator_sets_for_a_service_are_ignored(name):
    assert load_with(**{name: SERVICE_VARIABLES[name]}) == load({})


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
def test_names_that_only_resemble_service_variables_are_refused(name, value):
    assert "is not a setting of Spikecast" in refusal(**{name: value})


def test_port_is_refused_with_a_hint_at_bind():
    assert refusal(PORT="8088").endswith("did you mean SPIKECAST_BIND=host:port?")


FILE_VALUES = {
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "postgresql://ada:a%20b@db/x",
    "ADMIN_PASSWORD": " a good one ",
}


@pytest.mark.parametrize("name", FILE_VALUES)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_can_be_read_from_a_file(tmp_path, name, end):
    (tmp_path / "a secret").write_bytes(f"{FILE_VALUES[name]}{end}".encode())
    others = {other: text for other, text in ADMIN.items() if name in ADMIN and other != name}
    from_file = load_with(**others, **{f"{name}_FILE": str(tmp_path / "a secret")})
    assert from_file == load_with(**others, **{name: FILE_VALUES[name]})


def test_one_line_break_at_the_end_of_a_file_is_removed_and_a_second_refused(tmp_path):
    (tmp_path / "key").write_text(f"{SECRET}\n\n")
    assert "ends with a line break" in refusal(SECRET_KEY_FILE=str(tmp_path / "key"))


def test_a_setting_and_its_file_cannot_both_be_given(tmp_path):
    (tmp_path / "key").write_text(SECRET)
    message = refusal(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert message == "SPIKECAST_SECRET_KEY_FILE and SPIKECAST_SECRET_KEY are both set; set only one of them"


def _create_nothing(path: Path) -> None:
    """Create no file."""


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_create_nothing, "cannot be read: No such file or directory"),
        (Path.mkdir, "which is not a regular file"),
        (os.mkfifo, "which is not a regular file"),
        (lambda path: path.write_bytes(b"x" * 65_537), "is larger than 65536 bytes"),
        (lambda path: path.write_bytes(b"\n"), "which is empty"),
        (lambda path: path.write_bytes(b"\xff" * 40), "is not UTF-8 text"),
        (lambda path: path.write_bytes(b"\0" * 40), "not printable UTF-8 text"),
    ],
)
@pytest.mark.parametrize("name", FILE_VALUES)
def test_an_unusable_file_is_refused_with_a_sentence_that_names_the_setting(tmp_path, name, make, reason):
    make(tmp_path / "file")
    message = refusal(**{f"{name}_FILE": str(tmp_path / "file")})
    assert message.startswith(f"SPIKECAST_{name}")
    assert reason in message
    assert "\n" not in message
