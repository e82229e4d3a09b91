"""The collections, polls and spikes on the screenshots."""

from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]


def floats(start: float, end: float, decimals: int = 1) -> Json:
    """Return the settings of a random float."""
    settings = {"range_start_float": start, "range_end_float": end, "float_precision": decimals}
    return {"value_type": "FLOAT_RANGE", **settings}


def numbers(start: int, end: int) -> Json:
    """Return the settings of a random integer."""
    return {"value_type": "NUMBER_RANGE", "range_start_number": start, "range_end_number": end}


def counter(start: float, step: float, spread: float = 0, reset: float | None = None) -> Json:
    """Return the settings of a counter, which counts downwards if the step is negative."""
    return {
        "value_type": "INCREMENT" if step > 0 else "DECREMENT",
        "start_number": start,
        "step_number": abs(step),
        "randomization_percentage": spread,
        "reset_number": reset,
    }


def text(value: str) -> Json:
    """Return the settings of a fixed text."""
    return {"value_type": "TEXT_FIXED", "fixed_value_text": value}


def fixed(value: int) -> Json:
    """Return the settings of a fixed integer."""
    return {"value_type": "NUMBER_FIXED", "fixed_value_number": value}


TIME: Json = {"value_type": "EPOCH_NOW"}
TRUCK: Json = {
    "Performance": {
        "speed km/h": numbers(62, 88),
        "engine °C": floats(84, 93),
        "fuel percent": counter(100, -0.5, 40, 8),
        "odometer km": counter(48210.5, 1.2),
        "tyre bar": floats(8.1, 8.4, 2),
        "measured at": TIME,
    },
    "Configuration": {"plate": text("SPK 2026"), "tank litres": fixed(420)},
}
COLLECTIONS: dict[str, Json] = {
    "web-01": {
        "Performance": {
            "cpu percent": floats(12, 38),
            "memory percent": floats(55, 63),
            "response ms": floats(18, 45),
            "requests per minute": numbers(800, 1200),
            "errors per minute": numbers(0, 4),
            "requests total": counter(418_000, 1013),
            "measured at": TIME,
        },
        "Configuration": {
            "hostname": text("web-01.example.org"),
            "cores": fixed(8),
            "release": text("2026.11"),
        },
    },
    "db-01": {
        "Performance": {
            "connections": numbers(40, 75),
            "query ms": floats(2, 9),
            "disk used percent": counter(61, 0.02, reset=95),
        },
        "Configuration": {"engine": text("PostgreSQL 15"), "max connections": fixed(200)},
    },
    "core-switch-2": {
        "Performance": {
            "in Mbit/s": floats(310, 460),
            "out Mbit/s": floats(280, 420),
            "packet loss percent": floats(0, 0.2, 2),
            "in octets": counter(0, 5_000_000),
        },
        "Configuration": {"ports": fixed(48)},
    },
    "Cool store": {
        "Performance": {"temperature °C": floats(3.2, 4.6), "humidity percent": floats(70, 78)},
        "Configuration": {"limit °C": fixed(7)},
    },
    "Truck 01": TRUCK,
    "Truck 02": TRUCK,
    "Pump 7": {
        "Performance": {
            "pressure bar": floats(5.8, 6.3, 2),
            "flow m³/h": floats(118, 124),
            "vibration mm/s": floats(1.1, 1.9, 2),
        },
        "Configuration": {"site": text("Hamburg, hall 3")},
    },
}

# Each key's polls; a number is how many minutes ago it polled, if not just now.
POLLS = [
    ("Zabbix Berlin", "web-01", "Performance", 0),
    ("Prometheus", "web-01", "Performance", 0),
    ("Zabbix Berlin", "Cool store", "Performance", 1),
    ("Prometheus", "core-switch-2", "Performance", 1),
    ("Zabbix Berlin", "Truck 01", "Performance", 2),
    ("Prometheus", "db-01", "Performance", 3),
    ("Zabbix Berlin", "Truck 01", "Configuration", 38),
    ("Grafana wallboard", "Pump 7", "Performance", 44),
]

Spike = tuple[str, str, timedelta, timedelta, dict[str, Json]]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def spikes(now: datetime) -> list[Spike]:
    """Return each spike's collection, name, start, length and overrides."""
    morning = now.replace(hour=8, minute=0)
    overload = {
        "cpu percent": floats(92, 99.5),
        "response ms": floats(900, 2400),
        "errors per minute": numbers(40, 120),
    }
    rush = {"requests per minute": numbers(9000, 14000), "requests total": {"step_number": 12000}}
    too_warm, too_hot = {"temperature °C": floats(11, 14)}, {"engine °C": floats(118, 127)}
    stands_still, full = {"flow m³/h": floats(121, 121)}, {"in Mbit/s": floats(930, 990)}
    leak, drop = {"connections": numbers(180, 200)}, {"pressure bar": floats(2.1, 2.9, 2)}
    return [
        ("web-01", "Checkout overload", now - 18 * MINUTE, HOUR, overload),
        ("Cool store", "Door left open", now - 4 * MINUTE, 15 * MINUTE, too_warm),
        ("Truck 01", "Overheating", now + 72 * MINUTE, 30 * MINUTE, too_hot),
        ("Pump 7", "Flow sensor stuck", morning + DAY, 3 * HOUR, stands_still),
        ("core-switch-2", "Uplink saturated", morning + DAY + 5 * HOUR, 4 * HOUR, full),
        ("web-01", "Black Friday rehearsal", morning + 2 * DAY, 10 * HOUR, rush),
        ("db-01", "Connections leak", morning + 3 * DAY, 6 * HOUR, leak),
        # Expired spikes still exist because no poll has deleted them yet.
        ("Pump 7", "Pressure drop", now - 150 * MINUTE, 2 * HOUR, drop),
        ("Truck 02", "Fuel leak", now - 20 * HOUR, 4 * HOUR, {"fuel percent": {"step_number": 6}}),
    ]
