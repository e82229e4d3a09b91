"""What must hold once Zabbix has imported the templates and knows where Spikecast is."""

from datetime import datetime
from functools import partial
from typing import Any

from tests.support.server import REPOSITORY
from tools.zabbix_check.fixtures import (
    COLLECTIONS,
    DELETED,
    LATER,
    LATER_FIELDS,
    RENAMED,
    SPIKE_VALUE,
    SPIKED,
    TRUCK,
    MonitoredProduct,
)
from tools.zabbix_check.report import Report
from tools.zabbix_check.zabbix import ZabbixApi

TEMPLATE_FILE = REPOSITORY / "deploy" / "zabbix" / "spikecast.yaml"
COLLECTION_TEMPLATE, DISCOVERY_TEMPLATE = "Spikecast by HTTP", "Spikecast collections by HTTP"
OTHERS = {"Truck", "Bridge"}  # the collections of every Product
POLL_SECONDS, DISCOVERY_SECONDS, SPIKE_SECONDS = 2, 5, 20
MAX_NAME_LENGTH = 128
LIMIT = 100  # of the triggers: above the usual value of SPIKED, and below its value in the spike
NUMBER, WORDS = "spikecast.value[", "spikecast.text["  # how the keys of items begin
SECRET, TEXT = "1", "0"  # types of a macro
UNSUPPORTED = "1"
IMPORT_RULES = {
    name: {"createMissing": True, "updateExisting": True}
    for name in ("templates", "items", "discoveryRules", "valueMaps")
} | {"groups": {"createMissing": True}, "templateLinkage": {"createMissing": True}}


class Checks:
    """The checks in their order; each relies on those before it."""

    def __init__(self, zabbix: ZabbixApi, product: MonitoredProduct, report: Report) -> None:
        self.zabbix, self.product, self.report = zabbix, product, report

    def run(self) -> None:
        """Run all checks."""
        self.import_twice()
        self.link()
        self.hosts_are_discovered()
        self.values_arrive()
        self.counter_advances_once_a_poll()
        self.a_later_collection_is_discovered()
        self.a_renamed_collection_keeps_its_host()
        self.triggers_are_accepted()
        self.a_spike_is_seen()
        self.a_host_made_by_hand_works()
        self.nothing_is_unsupported()
        self.the_key_is_secret()

    def import_twice(self) -> None:
        """Import the file, and once more as an update."""
        source = TEMPLATE_FILE.read_text()
        for what in ("the file is imported", "and imported again over itself"):
            done = self.zabbix.call("configuration.import", format="yaml", source=source, rules=IMPORT_RULES)
            self.report.check(what, done, True)

    def link(self) -> None:
        """Make the host that stands for the Spikecast server."""
        made = self._create_host("Spikecast", DISCOVERY_TEMPLATE, DISCOVERY_INTERVAL=f"{DISCOVERY_SECONDS}s")
        self.report.check("a host is linked to the discovery template", len(made["hostids"]), 1)

    def hosts_are_discovered(self) -> None:
        """Wait until each collection is a host of the right name."""
        expected = {*OTHERS, *(_visible(name, self.product.ids[name]) for name in COLLECTIONS)}
        self.report.wait("every collection has become a host", self._discovered, expected)
        names = {f"spikecast-{id_}" for id_ in self.product.ids.values()}
        technical = {host["host"] for host in self._hosts()}
        self.report.check("with its id in the technical name", names - technical, set())

    def values_arrive(self) -> None:
        """Compare the values of all fields with what Spikecast serves."""
        for name, fields in COLLECTIONS.items():
            served = self.product.get_values(name)
            self.report.check(f"Spikecast serves the fields of {name[:40]!r}", served.keys(), fields.keys())
            self.report.wait("and Zabbix has the same values", partial(self._values, name), served)

    def counter_advances_once_a_poll(self) -> None:
        """Check that Zabbix polls once per interval, whatever the number of items."""
        self.report.wait("five values of a counter", lambda: len(self._history("Truck", "km")) >= 5, True)
        seen = self._history("Truck", "km")
        self.report.check("each a step after the one before", seen, [seen[0] + i for i in range(len(seen))])

    def a_later_collection_is_discovered(self) -> None:
        """Add a collection, and wait until it is a host with values."""
        self.product.ids[LATER] = self.product.collection(LATER, **LATER_FIELDS)
        self.report.wait("a new collection becomes a host", lambda: LATER in self._discovered(), True)
        served = self.product.get_values(LATER)
        self.report.wait("with its values", lambda: self._values(LATER), served)

    def a_renamed_collection_keeps_its_host(self) -> None:
        """Rename a collection, and wait until its host has the new name."""
        before = self._technical_name(LATER)
        self.product.rename(LATER, RENAMED)
        self.report.wait("a renamed collection keeps its host", lambda: self._technical_name(RENAMED), before)

    def triggers_are_accepted(self) -> None:
        """Create a trigger for each number, however its field is named."""
        for name in COLLECTIONS:
            host = self._technical_name(name)
            keys = {
                item["name"]: item["key_"] for item in self._items(name) if item["key_"].startswith(NUMBER)
            }
            made = [
                trigger
                for field, key in keys.items()
                for trigger in self.zabbix.call(
                    "trigger.create", description=field, expression=f"last(/{host}/{key})>{LIMIT}"
                )["triggerids"]
            ]
            self.report.check(f"triggers for the numbers of {name[:40]!r}", len(made), len(keys))

    def a_spike_is_seen(self) -> None:
        """Schedule a spike, and follow it until it is over."""
        self.report.wait("no spike is active", lambda: self._spike("active"), 0)
        schedule = self.product.spike(SPIKE_SECONDS)
        self.report.wait("a spike is seen as active", lambda: self._spike("active"), 1)
        self.report.wait("its override arrives", lambda: self._values(TRUCK).get(SPIKED), SPIKE_VALUE)
        self.report.wait("a trigger fires", lambda: self._problems(SPIKED), 1)
        self.report.check("with its schedule", self._spike("schedule"), schedule["id"])
        end = datetime.fromisoformat(schedule["end_datetime"])
        self.report.check("and its end", self._spike("ends"), int(end.timestamp()))
        self.report.wait("afterwards it is seen as over", lambda: self._spike("active"), 0)
        served = self.product.get_values(TRUCK)
        self.report.wait("and the usual values return", lambda: self._values(TRUCK), served)
        self.report.wait("and the trigger is resolved", lambda: self._problems(SPIKED), 0)

    def a_host_made_by_hand_works(self) -> None:
        """Link the template for one collection by hand, after a field has been deleted."""
        self.product.delete_field(DELETED)
        self._create_host("By hand", COLLECTION_TEMPLATE, ID=str(self.product.ids[TRUCK]))
        served = self.product.get_values(TRUCK)
        what = "a host made by hand has the values of its collection"
        self.report.wait(what, lambda: self._values("By hand"), served)

    def nothing_is_unsupported(self) -> None:
        """Check that Zabbix reports no error, not even for the item of the deleted field."""
        broken = {
            "output": ["name", "error"],
            "filter": {"state": UNSUPPORTED},
            "search": {"key_": "spikecast."},
        }
        self.report.check("no item is unsupported", self.zabbix.call("item.get", **broken), [])
        rules = self.zabbix.call(
            "discoveryrule.get", output=["error"], search={"key_": "spikecast."}, monitored=True
        )
        self.report.check("no discovery has an error", {rule["error"] for rule in rules}, {""})

    def the_key_is_secret(self) -> None:
        """Check that Zabbix shows the API key nowhere."""
        macros = self.zabbix.call("usermacro.get", output="extend", filter={"macro": "{$SPIKECAST.KEY}"})
        self.report.check(
            "the API key is secret on every host", {macro["type"] for macro in macros}, {SECRET}
        )
        self.report.check("and its value is not shown", [m for m in macros if "value" in m], [])

    # --- What Zabbix has -------------------------------------------------------------------------------

    def _create_host(self, name: str, template: str, **macros: str) -> Any:
        (linked,) = self.zabbix.call("template.get", filter={"host": template}, output=["templateid"])
        (group,) = self.zabbix.call("hostgroup.get", filter={"name": "Spikecast"}, output=["groupid"])
        own = {"URL": self.product.url, "INTERVAL": f"{POLL_SECONDS}s", **macros}
        values = [
            {"macro": f"{{$SPIKECAST.{key.replace('_', '.')}}}", "value": value, "type": TEXT}
            for key, value in own.items()
        ]
        key = {"macro": "{$SPIKECAST.KEY}", "value": self.product.key, "type": SECRET}
        return self.zabbix.call(
            "host.create", host=name, groups=[group], templates=[linked], macros=[*values, key]
        )

    def _hosts(self) -> list[dict[str, Any]]:
        found = self.zabbix.call("host.get", output=["host", "name", "flags"])
        return [host for host in found if host["flags"] == "4"]  # made by a host prototype

    def _discovered(self) -> set[str]:
        return {host["name"] for host in self._hosts()}

    def _technical_name(self, name: str) -> str | None:
        visible = _visible(name, self.product.ids[name])
        return next((host["host"] for host in self._hosts() if host["name"] == visible), None)

    def _problems(self, name: str) -> int:
        return len(self.zabbix.call("problem.get", search={"name": name}, output=["eventid"]))

    def _items(self, name: str) -> list[dict[str, Any]]:
        visible = _visible(name, self.product.ids.get(name, 0))
        hosts = self.zabbix.call("host.get", filter={"name": visible}, output=["hostid"])
        return [
            item
            for host in hosts
            for item in self.zabbix.call("item.get", hostids=host["hostid"], output="extend")
        ]

    def _values(self, name: str) -> dict[str, Any]:
        """Return the last values of the fields, by field."""
        values: dict[str, Any] = {}
        for item in self._items(name):
            if item["lastclock"] == "0":
                continue
            if item["key_"].startswith(NUMBER):
                values[item["name"]] = float(item["lastvalue"])
            elif item["key_"].startswith(WORDS):
                values[item["name"]] = item["lastvalue"]
        return values

    def _spike(self, what: str) -> int | None:
        (item,) = [each for each in self._items(TRUCK) if each["key_"] == f"spikecast.spike.{what}"]
        return int(item["lastvalue"]) if item["lastclock"] != "0" else None

    def _history(self, name: str, field: str) -> list[float]:
        ids = [item["itemid"] for item in self._items(name) if item["name"] == field]
        rows = self.zabbix.call("history.get", itemids=ids, history=0, sortfield="clock", output=["value"])
        return [float(row["value"]) for row in rows]


def _visible(name: str, id_: int) -> str:
    """Return the name of a collection's host: the template cuts a long one."""
    end = f"… ({id_})"
    return name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - len(end)] + end
