"""Figures in the docs that change with the code are those of today, and so are the checksums of libraries."""

import hashlib
import re
import subprocess
from dataclasses import fields

import pytest

import config
from tests.support.server import REPOSITORY

README, API = (REPOSITORY / name for name in ("README.md", "docs/api.md"))
OPERATING, DEVELOPMENT = (REPOSITORY / "docs" / name for name in ("operating.md", "development.md"))
DEFAULT = re.compile(r"^\| `SPIKECAST_(\w+)` \| `([^`]+)`", re.MULTILINE)


@pytest.mark.parametrize("document", [README, OPERATING], ids=lambda path: path.name)
def test_the_defaults_of_settings_are_those_in_force(document):
    settings = config.load({})
    attributes = {field.name.upper(): field.name for field in fields(settings)}
    told = {name: value for name, value in DEFAULT.findall(document.read_text()) if name in attributes}
    assert {"WORKERS", "BIND", "CACHED_FIELDS"} <= told.keys()
    in_force = {name: str(getattr(settings, attributes[name])) for name in told}
    for folder in ("INSTANCE", "DATABASE_URL", "COOKIE_NAME"):  # told by how they come about
        told.pop(folder, None), in_force.pop(folder, None)
    assert {name: value.rstrip("/") for name, value in told.items()} == in_force


def test_what_the_docs_show_of_the_description_is_what_it_says(app):
    description = app.extensions["openapi"]
    shown = f"{description['openapi']} {description['info']['title']}"
    assert f"```text\n{shown}\n```" in API.read_text()
    assert not re.search(r"\d+ paths", API.read_text())


@pytest.mark.parametrize("document", [README, OPERATING, DEVELOPMENT], ids=lambda path: path.name)
def test_no_revision_of_the_day_is_named_as_the_newest(document):
    """It would be another one soon."""
    text = document.read_text()
    assert re.findall(r"\d{4} \(head\)|newest schema, \d{4}|; schema \d{4}\.|--rev-id \d{4}", text) == []


@pytest.mark.parametrize(
    ("answer", "told", "refused"),
    [
        ('{"id": 7}', "7", ""),
        ('{"detail": "There is a collection named that already."}', "", "There is a collection named that"),
        ("", "", "{}"),
    ],
)
def test_the_readme_tells_what_the_server_said_where_it_refuses(answer, told, refused):
    pick = next(line for line in README.read_text().splitlines() if line.startswith("pick() "))
    ran = subprocess.run(
        ["bash", "-c", f"{pick}\npick id"], input=answer, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == told
    assert refused in ran.stderr
    assert "Traceback" not in ran.stderr


VENDORED = sorted((REPOSITORY / "static" / "vendor").glob("*/VERSION"))


@pytest.mark.parametrize("version", VENDORED, ids=lambda path: path.parent.name)
def test_a_librarys_checksums_are_those_of_the_files_that_are_there(version):
    listed = dict(reversed(each) for each in re.findall(r"^([0-9a-f]{64})  (.+)$", version.read_text(), re.M))
    for name, checksum in listed.items():
        assert hashlib.sha256((version.parent / name).read_bytes()).hexdigest() == checksum, name
    assert listed
    assert {path.name for path in version.parent.iterdir()} == {*listed, "VERSION"}
