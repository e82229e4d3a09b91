"""Default metric names of fields."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.metric_names import build_default_name


@pytest.mark.parametrize(
    ("field_name", "metric_type", "expected"),
    [
        ("engine °C", "gauge", "spikecast_engine_celsius"),
        ("engine °C", "counter", "spikecast_engine_celsius_total"),
        ("engine °C", "info", "spikecast_engine_celsius_info"),
        ("outside °f", "gauge", "spikecast_outside_fahrenheit"),
        ("fuel %", "gauge", "spikecast_fuel_percent"),
        ("speed km/h", "gauge", "spikecast_speed_km_h"),
        ("5 GHz clients", "gauge", "spikecast_5_ghz_clients"),
        ("ifHCInOctets", "counter", "spikecast_if_hcin_octets_total"),
        ("µs per call", "gauge", "spikecast_us_per_call"),
        ("Δ größe", "gauge", "spikecast_grosse"),
        ("温度", "gauge", "spikecast_field_23"),
        ("requests total", "gauge", "spikecast_requests_total_value"),
        ("requests total", "counter", "spikecast_requests_total"),
        ("total", "counter", "spikecast_total"),
        ("count", "gauge", "spikecast_count_value"),
        ("spike active", "gauge", "spikecast_spike_active_value"),
        ("build info", "info", "spikecast_build_info"),
    ],
)
def test_the_default_name_contains_field_name_unit_and_type(field_name, metric_type, expected):
    assert build_default_name(field_name, 23, metric_type) == expected


@given(st.text(max_size=60), st.sampled_from(["counter", "gauge", "info"]))
def test_every_default_name_is_a_valid_prometheus_name(field_name, metric_type):
    assert re.fullmatch(r"spikecast_[a-z0-9_]+", build_default_name(field_name, 1, metric_type))
