"""Two nodes, each with the product under gunicorn, on one PostgreSQL behind the nginx that is shipped."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.conftest import create_empty_database
from tests.support import nginx
from tests.support.concurrency import run_concurrently
from tests.support.nginx import Proxy, running_nginx
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, own_port, running_server

TIMEOUT_S = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.nodes)
            item.add_marker(pytest.mark.postgresql)


class Node:
    """A node, which can be started, killed, and started again."""

    def __init__(self, database_url: str, address: str, folder: Path, app: str) -> None:
        self.address, self.url = address, f"http://{address}"
        self._database_url, self._app, self._running = database_url, app, ExitStack()
        self._settings = {
            "SPIKECAST_BIND": address,
            "SPIKECAST_INSTANCE": str(folder),
            "SPIKECAST_SECRET_KEY": "a secret of the tests: 0123456789 abcdef",
            "SPIKECAST_TRUSTED_PROXIES": "1",
        }

    def start(self) -> None:
        """Start the node, and return when it serves requests."""
        server = running_server(self._database_url, env=self._settings, app=self._app)
        self._running.enter_context(server)

    def kill(self) -> None:
        """Kill the node at once, as a power failure does."""
        self._running.close()


class Cluster:
    """The running nginx and nodes, with a signed-in Admin."""

    def __init__(self, proxy: Proxy, nodes: list[Node]) -> None:
        self.proxy, self.nodes = proxy, nodes
        self.admin = self.sign_in(nodes[0].url).json()["access_token"]

    def sign_in(self, url: str, login: str = ADMIN_USERNAME, **headers: str) -> requests.Response:
        """Return the response to a sign-in at this node, with the Admin's password."""
        body = {"login": login, "password": ADMIN_PASSWORD}
        return requests.post(f"{url}/api/auth/login", json=body, headers=headers, timeout=TIMEOUT_S)

    def call(self, method: str, url: str, body: object = None, token: str = "") -> requests.Response:
        """Return the response to an Admin's request to this address."""
        headers = {"Authorization": f"Bearer {token or self.admin}"}
        return requests.request(method, url, json=body, headers=headers, timeout=TIMEOUT_S)

    def make(self, path: str, body: object) -> dict:
        """Create something on the first node, and return its JSON."""
        answer = self.call("POST", self.nodes[0].url + path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def create_collection(self, name: str) -> tuple[dict[str, int], str, int]:
        """Create a collection with a level and two counters; return field ids by name, a key, and the id."""
        collection = self.make("/api/collections", {"name": name})
        counter = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
        rules = {
            "level": {"value_type": "NUMBER_FIXED", "fixed_value_number": 1},
            "count": counter,
            "own": counter,
        }
        path, kind = f"/api/collections/{collection['id']}/fields", {"collection_type": "Performance"}
        ids = {
            name: self.make(path, kind | {"field_name": name} | rule)["id"] for name, rule in rules.items()
        }
        return ids, self.make("/api/api-keys", {"label": "monitoring"})["key"], collection["id"]


@pytest.fixture(scope="session")
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Cluster]:
    """nginx and two nodes. The clock of the second one is 3 seconds fast."""
    nginx.need()
    folder = tmp_path_factory.mktemp("nodes")
    apps = ["wsgi:app", "tests.support.wrong_clock:app"]
    with ExitStack() as stack:
        database = create_empty_database("postgresql", f"spikecast_nodes_{worker_id}", request.config)
        url = stack.enter_context(database)
        nodes = []
        for number, app in enumerate(apps):
            port = stack.enter_context(own_port())
            nodes.append(Node(url, f"127.0.0.1:{port}", folder / str(number), app))
            stack.callback(nodes[-1].kill)
        run_concurrently(*[node.start for node in nodes])
        yield Cluster(stack.enter_context(running_nginx([node.address for node in nodes])), nodes)
