"""Polls in the Prometheus text format and in OpenMetrics, read back by the parsers of prometheus-client."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_classic

from app.generation.formats.prometheus import ActiveSpike, MetricField, build_template

SPIKE = ActiveSpike(3, 'Over\\heating "now"', 1795993004.907826, 1795993034.5)


def render(fields, data, *, openmetrics=False, spike=None, spike_series=False):
    template = build_template(fields, spike, openmetrics=openmetrics, spike_series=spike_series)
    return template.render(data, orjson.dumps).decode()


def read(text, *, openmetrics):
    """Return the series of a response: (name, labels) to value."""
    parse = parse_openmetrics if openmetrics else parse_classic
    series = {}
    for family in parse(text):
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in series
            series[key] = sample.value
    return series


def get_samples(text):
    """Return the lines of samples, without comments."""
    return [line for line in text.splitlines() if not line.startswith("#")]


FIELDS = [
    MetricField(1, "engine °C", "gauge"),
    MetricField(2, "requests", "counter"),
    MetricField(3, "temp °C", "gauge"),
    MetricField(4, "temp_celsius", "gauge"),
    MetricField(5, 'serial "no" 100%\\', "info", 'a "quoted" back\\slash\nnew line, 100% °C'),
]
DATA = {"engine °C": 84, "requests": 1_000_000, "temp °C": 1.67, "temp_celsius": 1.4, FIELDS[4].name: "…"}


def test_the_text_format_is_written_byte_for_byte():
    assert render(FIELDS, DATA, spike_series=True) == (
        "# TYPE spikecast_engine_celsius gauge\n"
        "# HELP spikecast_engine_celsius engine °C\n"
        "spikecast_engine_celsius 84\n"
        "# TYPE spikecast_requests_total counter\n"
        "# HELP spikecast_requests_total requests\n"
        "spikecast_requests_total 1000000\n"
        "# TYPE spikecast_temp_celsius gauge\n"
        "# HELP spikecast_temp_celsius temp °C; temp_celsius\n"
        'spikecast_temp_celsius{field="temp °C"} 1.67\n'
        'spikecast_temp_celsius{field="temp_celsius"} 1.4\n'
        "# TYPE spikecast_serial_no_100_percent_info gauge\n"
        '# HELP spikecast_serial_no_100_percent_info serial "no" 100%\\\\\n'
        'spikecast_serial_no_100_percent_info{value="a \\"quoted\\" back\\\\slash\\nnew line, 100% °C"} 1\n'
        "# TYPE spikecast_spike_active gauge\n"
        "# HELP spikecast_spike_active Whether a spike is active: 1 or 0\n"
        "spikecast_spike_active 0\n"
    )


def test_openmetrics_names_families_without_suffixes_and_ends_with_eof():
    text = render(FIELDS, DATA, openmetrics=True)
    assert "# TYPE spikecast_requests counter\n# HELP spikecast_requests requests\n" in text
    assert "# TYPE spikecast_serial_no_100_percent info\n" in text
    assert '# HELP spikecast_serial_no_100_percent serial \\"no\\" 100%\\\\\n' in text
    assert text.endswith("# EOF\n")


@pytest.mark.parametrize("openmetrics", [False, True])
def test_an_active_spike_is_served_with_its_window(openmetrics):
    series = read(
        render(FIELDS, DATA, openmetrics=openmetrics, spike=SPIKE, spike_series=True), openmetrics=openmetrics
    )
    labels = (("name", SPIKE.name), ("schedule", "3"))
    assert series["spikecast_spike_active", ()] == 1
    assert series["spikecast_spike_start_timestamp_seconds", labels] == SPIKE.start
    assert series["spikecast_spike_end_timestamp_seconds", labels] == SPIKE.end


def test_a_field_with_a_metric_name_is_served_under_that_name():
    fields = [
        MetricField(1, "load", "gauge", metric="node_load1"),
        MetricField(2, "chip", "gauge", metric='node_hwmon_temp_celsius{chip="a",sensor="temp1"}'),
        MetricField(3, "in", "counter", metric="ifHCInOctets"),
    ]
    data = {"load": 0.5, "chip": 40, "in": 7}
    classic, strict = render(fields, data), render(fields, data, openmetrics=True)
    assert "# TYPE ifHCInOctets counter\n" in classic
    assert "# TYPE ifHCInOctets unknown\n" in strict
    assert "ifHCInOctets 7\n" in classic
    assert read(strict, openmetrics=True) == {
        ("node_load1", ()): 0.5,
        ("node_hwmon_temp_celsius", (("chip", "a"), ("sensor", "temp1"))): 40,
        ("ifHCInOctets", ()): 7,
    }


def test_a_gauge_and_a_counter_of_the_same_name_clash_in_neither_format():
    fields = [
        MetricField(1, "requests", "gauge"),
        MetricField(2, "Requests", "counter"),
        MetricField(3, "REQUESTS", "info", "x"),
        MetricField(4, "spike active", "counter"),
    ]
    data = {"requests": 1, "Requests": 2, "REQUESTS": "x", "spike active": 4}
    classic = render(fields, data, spike_series=True)
    strict = render(fields, data, openmetrics=True, spike_series=True)
    assert read(classic, openmetrics=False) == read(strict, openmetrics=True)


def test_no_field_is_lost_where_another_ones_series_looks_like_its_own():
    fields = [
        MetricField(1, "load", "gauge"),
        MetricField(2, "other", "gauge", metric='spikecast_load{field="load"}'),
    ]
    series = read(render(fields, {"load": 1, "other": 2}), openmetrics=False)
    assert series == {
        ("spikecast_load", (("field_id", "1"),)): 1,
        ("spikecast_load", (("field", "load"),)): 2,
    }


def test_a_long_text_is_cut_to_1000_characters():
    fields = [MetricField(1, "banner", "info", "é" * 2000)]
    [(_, labels)] = read(render(fields, {"banner": ""}), openmetrics=False)
    assert labels == (("value", "é" * 1000),)


def test_a_collection_without_numbers_is_served():
    assert read(render([MetricField(1, "os", "info", "9%b")], {"os": ""}), openmetrics=False) == {
        ("spikecast_os_info", (("value", "9%b"),)): 1
    }


names = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=6,
    unique=True,
)
numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False, width=64)
)


families = st.sampled_from(
    ["load", "load_total", "load_info", "load_created", "load_bucket", "a:b", "spikecast_x", "x_seconds"]
)
"""Names that clash in one of the formats unless they are distinguished."""


@given(st.lists(st.tuples(families, st.integers(0, 2)), min_size=1, max_size=6, unique=True), st.data())
def test_custom_metric_names_give_the_same_series_in_both_formats(series, data):
    types = {name: data.draw(st.sampled_from(["gauge", "counter", "info"])) for name, _ in series}
    fields, values = [], {}
    for number, (name, label) in enumerate(series, 1):
        metric, metric_type = f'{name}{{l="{label}"}}' if label else name, types[name]
        text = "x" if metric_type == "info" else None
        fields.append(MetricField(number, f"field {number}", metric_type, text, metric))
        values[f"field {number}"] = text or number
    fields.append(MetricField(99, "x", "gauge"))
    values["x"] = 99
    classic = render(fields, values, spike_series=True)
    strict = render(fields, values, openmetrics=True, spike_series=True)
    assert get_samples(classic) == get_samples(strict)
    # The classic parser of prometheus-client adds `_total` to counters without it; Prometheus does not.
    assert len(read(strict, openmetrics=True)) == len(fields) + 1, "all fields and the spike series"


@given(names, st.data())
def test_any_names_and_values_parse_to_the_same_series_in_both_formats(field_names, data):
    fields, values = [], {}
    for number, name in enumerate(field_names, 1):
        metric_type = data.draw(st.sampled_from(["gauge", "counter", "info"]))
        text = data.draw(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
        )
        fields.append(MetricField(number, name, metric_type, text if metric_type == "info" else None))
        values[name] = text if metric_type == "info" else data.draw(numbers)
        if metric_type == "counter" and values[name] < 0:
            values[name] = -values[name]
    classic = read(render(fields, values, spike_series=True), openmetrics=False)
    strict = read(render(fields, values, openmetrics=True, spike_series=True), openmetrics=True)
    assert classic == strict
    served = [value for (name, _), value in classic.items() if not name.startswith("spikecast_spike_active")]
    assert sorted(served) == sorted(1 if isinstance(each, str) else float(each) for each in values.values())
