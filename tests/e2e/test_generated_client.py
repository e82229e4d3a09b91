"""A client generated from the OpenAPI document can do a tester's whole workflow."""

import compileall
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server

pytestmark = pytest.mark.e2e

PACKAGE = "generated_spikecast"
SECONDS_TO_GENERATE = 120


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("client") / "spikecast.db"
    with running_server(f"sqlite:///{database}") as running:
        yield running.url


@pytest.fixture(scope="module")
def generated(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Generate the client; yield its folder, and the status and output of the generator."""
    folder = tmp_path_factory.mktemp("generated")
    document, config = folder / "openapi.json", folder / "config.yml"
    document.write_bytes(requests.get(f"{server}/api/openapi.json", timeout=10).content)
    config.write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    completed = subprocess.run(
        [*command, "--path", document, "--config", config, "--output-path", folder / PACKAGE],
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_GENERATE,
        check=False,
    )
    sys.path.insert(0, str(folder))
    try:
        yield SimpleNamespace(
            folder=Path(folder, PACKAGE),
            status=completed.returncode,
            output=completed.stdout + completed.stderr,
        )
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def from_package(path: str, *names: str) -> list:
    module = import_module(f"{PACKAGE}{path}")
    return [getattr(module, name) for name in names]


def call(route: str, **arguments: object):
    """Call an operation by its tag and name: `spikes.create_spike`."""
    return import_module(f"{PACKAGE}.api.{route}").sync(**arguments)


def test_the_client_is_generated_without_warnings_and_compiles(generated):
    assert (generated.status, generated.output.lower().count("warning")) == (0, 0), generated.output
    assert compileall.compile_dir(generated.folder, quiet=1)


def test_a_generated_client_creates_polls_and_ends_a_spike(server, generated):
    client_of, signed_in_client = from_package("", "Client", "AuthenticatedClient")
    names = ["LoginIn", "CollectionIn", "FieldIn", "KeyIn", "SpikeIn", "OverrideIn", "FieldPatch"]
    login, collection, field, key, spike, override, field_patch = from_package(".models", *names)

    tokens = call(
        "auth.login", client=client_of(server), body=login(login=ADMIN_USERNAME, password=ADMIN_PASSWORD)
    )
    assert (tokens.token_type, tokens.user.username) == ("Bearer", ADMIN_USERNAME)
    me = signed_in_client(server, token=tokens.access_token)

    truck = call("collections.create_collection", client=me, body=collection(name="Truck / 01"))
    temperature = call(
        "fields.add_field",
        client=me,
        collection_id=truck.id,
        body=field.from_dict(
            {"collection_type": "Performance", "field_name": "temp °C", "value_type": "NUMBER_FIXED"}
            | {"fixed_value_number": 7}
        ),
    )
    assert (temperature.fixed_value_number, temperature.step_number) == (7, None)
    changed = call(
        "fields.change_field", client=me, field_id=temperature.id, body=field_patch(fixed_value_number=8)
    )
    assert changed.fixed_value_number == 8

    made = call("api_keys.create_key", client=me, body=key(label="generated"))
    assert (made.status.value, made.expires_at, made.allowed_collections) == ("valid", None, None)
    tool = signed_in_client(server, token=made.key, auth_header_name="X-API-Key", prefix="")
    poll = {"client": tool, "name": "Truck / 01", "collection_type": "performance"}
    [pollable] = call("pollable.list_pollable", client=tool).items
    assert (pollable.collection, pollable.path_by_id) == (
        "Truck / 01",
        f"/api/collections/{truck.id}/data/performance",
    )

    def polled() -> float | str:
        (wanted_type,) = from_package(".models", "DataByNameCollectionType")
        return call("data.data_by_name", **poll | {"collection_type": wanted_type("performance")}).data[
            "temp °C"
        ]

    assert polled() == 8
    drill = call(
        "spikes.create_spike",
        client=me,
        body=spike(
            collection_id=truck.id,
            name="Drill",
            duration=3600,
            spike_fields=[override(original_field_id=temperature.id, fixed_value_number=99)],
        ),
    )
    assert (drill.status.value, drill.spike_fields[0].is_overridden) == ("active", True)
    assert polled() == 99
    ended = call("spikes.end_spike", client=me, spike_id=drill.id)
    assert ended.status.value == "expired"
    assert polled() == 8

    [listed] = call("collections.list_collections", client=me).items
    assert (listed.name, listed.spike, listed.field_count) == ("Truck / 01", None, 1)


def test_a_generated_client_parses_the_problem_of_a_401(server, generated):
    (client_of,) = from_package("", "Client")
    (login,) = from_package(".models", "LoginIn")
    problem = call(
        "auth.login", client=client_of(server), body=login(login="nobody", password="wrong password")
    )
    assert (problem.status, bool(problem.detail)) == (401, True)
