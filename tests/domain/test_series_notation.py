"""The notation of a series: a metric name with optional labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.series_notation import Series, parse_series


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node_load1", Series("node_load1", ())),
        (" :rule:sum ", Series(":rule:sum", ())),
        ("ifHCInOctets{}", Series("ifHCInOctets", ())),
        ('a{chip="x",sensor="temp1"}', Series("a", (("chip", "x"), ("sensor", "temp1")))),
        ('a { chip = "x" , }', Series("a", (("chip", "x"),))),
        ('a{z="1",b="",a="2"}', Series("a", (("a", "2"), ("z", "1")))),
        (r'a{path="C:\\x \"y\"\n{}"}', Series("a", (("path", 'C:\\x "y"\n{}'),))),
    ],
)
def test_a_series_is_parsed(text, expected):
    assert parse_series(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with a metric name"),
        ("1a", "must begin with a metric name"),
        ("engine °C", "must be a metric name, or a name with labels"),
        ('a{b="c"', "must be a metric name, or a name with labels"),
        ("a{b=c}", "must have labels such as"),
        ('a{b="c" d="e"}', "must have labels such as"),
        (r'a{b="\x"}', "must have labels such as"),
        ('a{b:c="d"}', "must have labels such as"),
        ('a{b="c",b="d"}', "must not have the label b twice"),
        ('a{__name__="b"}', "must not have the label __name__"),
        ("up", "must not be up"),
        ("scrape_duration_seconds", "must not be scrape_duration_seconds"),
        ("spikecast_spike_active", "must not be spikecast_spike_active"),
    ],
)
def test_an_invalid_series_is_refused_with_a_message(text, message):
    with pytest.raises(ValueError, match=message):
        parse_series(text)


label_names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,5}", fullmatch=True)


@given(
    st.dictionaries(
        label_names, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), max_size=4
    )
)
def test_parsing_a_formatted_series_returns_it(labels):
    series = Series("a_name", tuple(sorted(labels.items())))
    assert parse_series(str(series)) == series
