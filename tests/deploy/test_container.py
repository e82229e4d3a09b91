"""Containerfile: which files the image has, and that its command serves. No container engine is needed."""

import subprocess

import pytest

from tests.support.containerfile import Stage, list_included_files
from tests.support.sandbox import USER, Confinement
from tests.support.server import REPOSITORY
from tests.support.service import FIRST_ADMIN, TIMEOUT_S, run_service
from tests.support.wait import wait_until

SOURCES = ["LICENSE", "config.py", "gunicorn.conf.py", "requirements.txt", "wsgi.py"]
NOT_FOR_IMAGES = [
    ".env",
    ".git/config",
    ".venv/bin/python",
    "app/__pycache__/log.cpython-311.pyc",
    "instance/secret_key",
    "instance/spikecast.db",
    "spikecast.env",
    "tests/conftest.py",
]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_image_has_the_files_of_the_server_but_no_data_settings_or_secrets(tmp_path):
    wanted = [
        *SOURCES,
        "app/core/log_format.py",
        "migrations/env.py",
        "settings/environment.py",
        "static/css/main.css",
        "templates/layouts/app.html",
    ]
    for name in [*wanted, *NOT_FOR_IMAGES]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(map(str, list_included_files(tmp_path))) == sorted(wanted)


def test_the_image_sets_no_secret_in_its_environment(stage):
    named = [pair.split("=")[0] for line in stage.all("ENV") + stage.all("ARG") for pair in line.split()]
    assert {name for name in named if name.startswith("SPIKECAST_")} == {
        "SPIKECAST_INSTANCE",
        "SPIKECAST_BIND",
    }


def test_only_the_user_and_group_0_may_write_to_the_data_folder(stage):
    made = next(line for line in stage.all("RUN") if "install --directory" in line)
    assert "--owner 10001 --group 0 --mode 0770 /var/lib/spikecast" in made


def test_pip_installs_every_package_with_a_hash():
    installs = [line for line in (REPOSITORY / "Containerfile").read_text().splitlines() if " pip " in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert installs[0].endswith("-r requirements.txt")


@pytest.mark.usefixtures("_confinement")
def test_the_container_serves_as_an_unprivileged_user_on_a_read_only_file_system(stage, folder):
    working = stage.copy(folder)
    (volume,) = [folder / place.lstrip("/") for place in stage.command("VOLUME")]
    for place in (volume, folder / "tmp"):
        place.mkdir(parents=True)
    assert stage.one("USER") == f"{USER}:0"
    confinement = Confinement([str(volume), str(folder / "tmp")], folder=str(working), has_own_network=True)
    environment = stage.environment(folder) | {"TMPDIR": str(folder / "tmp")}
    health = stage.command("HEALTHCHECK")

    not_serving = subprocess.run(
        confinement.command(health), env=environment, capture_output=True, check=False
    )
    assert not_serving.returncode == 1

    command = confinement.command(stage.command("CMD"))
    with run_service(command, environment | FIRST_ADMIN, folder / "log") as service:
        wait_until(lambda: not service.is_running() or "Listening" in service.log(), "gunicorn listens")
        assert service.is_running(), service.log()
        # An engine runs the health check in the container, as its user.
        inside = [
            "nsenter",
            f"--target={service.pid}",
            "--user",
            "--net",
            "--mount",
            "--preserve-credentials",
        ]
        wait_until(
            lambda: subprocess.run([*inside, *health], env=environment, check=False).returncode == 0,
            "the health check passes",
        )
        for process in service.status():
            assert int(process["CapEff"], 16) == int(process["CapBnd"], 16) == 0
        assert service.stop(stage.one("STOPSIGNAL"), TIMEOUT_S) == 0
    assert {"spikecast.db", "secret_key"} <= {each.name for each in volume.iterdir()}
