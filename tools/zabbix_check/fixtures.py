"""The product with collections whose names and values are hard to quote."""

from typing import Any

from tests.support.product import Product
from tests.support.server import RunningServer

SPIKED = "engine °C"
SPIKE_VALUE = 118
DELETED = "fuel %"


def _number(value: int) -> dict[str, Any]:
    return {"value_type": "NUMBER_FIXED", "fixed_value_number": value}


def _float(value: float) -> dict[str, Any]:
    return {"value_type": "FLOAT_FIXED", "fixed_value_float": value}


def _text(value: str) -> dict[str, Any]:
    return {"value_type": "TEXT_FIXED", "fixed_value_text": value}


TRUCK = "Truck 01"
COLLECTIONS: dict[str, dict[str, dict[str, Any]]] = {
    TRUCK: {
        SPIKED: _number(87),
        DELETED: _float(61.5),
        "plate": _text("SPK 2026"),
    },
    "\"50 %\" \\ <b>&amp;</b> {$SPIKECAST.KEY} '°' {#NAME} $1 {HOST.HOST}": {
        '"quoted"': _number(1),
        "'single'": _number(2),
        "back\\slash\\": _number(3),
        "100%25 %": _number(4),
        "{$SPIKECAST.KEY}": _number(5),
        "{#FIELD} {ITEM.VALUE} $1": _number(6),
        "a]['b'], [c] $.data..*": _number(7),
        "__proto__": _number(8),
        "=SUM(1;2)": _float(-0.000001),
        "largest": _number(9007199254740991),
        'serial "no" \\': _text('two\nlines, "quotes", \\ and {$SPIKECAST.KEY}'),
        "empty": _text(" "),
    },
    "北京 温度 🚚 שלום Ωμέγα": {
        "温度 °C": _float(21.25),
        "مرحبا": _number(-40),
        "🚚": _number(12),
        "ж" * 255: _number(255),
        "ラベル": _text("北京 🚚 שלום"),
    },
    "長い名前 " + "ж" * 200: {"level": _number(1)},
}
LATER = "Pumpe Süd № 4 / 東京"
RENAMED = 'Pumpe "Süd" 100 %'
LATER_FIELDS: dict[str, dict[str, Any]] = {"Druck bar": _float(3.5), "Zustand": _text("läuft")}


class MonitoredProduct(Product):
    """The product with the collections above, beside the two that every `Product` has."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__(server)
        self.ids = {name: self.collection(name, **fields) for name, fields in COLLECTIONS.items()}

    def get_values(self, name: str) -> dict[str, Any]:
        """Return the values of one poll."""
        return dict(self.done(self.poll(name))["data"])

    def spike(self, seconds: int) -> dict[str, Any]:
        """Let a field of the truck spike from now on, and return the schedule."""
        body = {
            "collection_id": self.ids[TRUCK],
            "name": "Overheating",
            "duration": seconds,
            "spike_fields": [
                {"original_field_id": self._get_field_id(SPIKED), "fixed_value_number": SPIKE_VALUE}
            ],
        }
        return dict(self.done(self.ask("POST", "/api/spike-schedules", body)))

    def rename(self, name: str, new_name: str) -> None:
        """Rename a collection."""
        self.ids[new_name] = self.ids.pop(name)
        self.done(self.ask("PATCH", f"/api/collections/{self.ids[new_name]}", {"name": new_name}))

    def delete_field(self, field_name: str) -> None:
        """Delete a field of the truck."""
        self.done(self.ask("DELETE", f"/api/fields/{self._get_field_id(field_name)}"))

    def _get_field_id(self, field_name: str) -> int:
        fields = self.done(self.ask("GET", f"/api/collections/{self.ids[TRUCK]}"))["fields"]
        return int(next(field["id"] for field in fields if field["field_name"] == field_name))
