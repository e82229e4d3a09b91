"""Settings and versions in the docs match the code, and the checksums of vendored libraries their files."""

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
def test_the_documented_defaults_of_settings_match_the_code(document):
    settings = config.load({})
    attributes = {field.name.upper(): field.name for field in fields(settings)}
    documented = {name: value for name, value in DEFAULT.findall(document.read_text()) if name in attributes}
    assert {"WORKERS", "BIND", "CACHED_FIELDS"} <= documented.keys()
    in_force = {name: str(getattr(settings, attributes[name])) for name in documented}
    for folder in ("INSTANCE", "DATABASE_URL", "COOKIE_NAME"):  # documented in words
        documented.pop(folder, None), in_force.pop(folder, None)
    assert {name: value.rstrip("/") for name, value in documented.items()} == in_force


def test_the_documented_openapi_version_and_title_match_the_document(app):
    description = app.extensions["openapi"]
    shown = f"{description['openapi']} {description['info']['title']}"
    assert f"```text\n{shown}\n```" in API.read_text()
    assert not re.search(r"\d+ paths", API.read_text())


@pytest.mark.parametrize("document", [README, OPERATING, DEVELOPMENT], ids=lambda path: path.name)
def test_the_docs_name_no_migration_as_the_newest(document):
    """It would soon be outdated."""
    text = document.read_text()
    assert re.findall(r"\d{4} \(head\)|newest schema, \d{4}|; schema \d{4}\.|--rev-id \d{4}", text) == []


@pytest.mark.parametrize(
    ("response", "printed", "error"),
    [
        ('{"id": 7}', "7", ""),
        ('{"detail": "There is a collection named that already."}', "", "There is a collection named that"),
        ("", "", "{}"),
    ],
)
def test_the_readmes_pick_function_prints_a_value_or_the_servers_error(response, printed, error):
    pick = next(line for line in README.read_text().splitlines() if line.startswith("pick() "))
    ran = subprocess.run(
        ["bash", "-c", f"{pick}\npick id"], input=response, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == printed
    assert error in ran.stderr
    assert "Traceback" not in ran.stderr


VENDORED = sorted((REPOSITORY / "static" / "vendor").glob("*/VERSION"))


@pytest.mark.parametrize("version", VENDORED, ids=lambda path: path.parent.name)
def test_the_checksums_of_a_vendored_library_match_its_files(version):
    listed = dict(reversed(each) for each in re.findall(r"^([0-9a-f]{64})  (.+)$", version.read_text(), re.M))
    for name, checksum in listed.items():
        assert hashlib.sha256((version.parent / name).read_bytes()).hexdigest() == checksum, name
    assert listed
    assert {path.name for path in version.parent.iterdir()} == {*listed, "VERSION"}
