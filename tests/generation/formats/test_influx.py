"""Polls in InfluxDB's line protocol."""

import orjson

from app.generation.formats.influx import LineField, build_template


def render(fields, data, collection="Truck 01"):
    return build_template(collection, "performance", fields).render(data, orjson.dumps).decode()


def test_a_collection_is_one_line_without_a_timestamp():
    fields = [
        LineField("engine °C", is_integer=True),
        LineField("requests"),
        LineField("os", text='say "hi"\\'),
    ]
    assert render(fields, {"engine °C": 84, "requests": 1.5, "os": ""}) == (
        r"spikecast,collection=Truck\ 01,type=performance engine\ °C=84i,requests=1.5,"
        r'os="say \"hi\"\\"'
        "\n"
    )


def test_syntax_characters_are_escaped_in_names():
    line = render([LineField("a,b=c\\ 100%")], {"a,b=c\\ 100%": 1}, collection="x, y=z\\")
    assert line == "spikecast,collection=x\\,\\ y\\=z/,type=performance a\\,b\\=c/\\ 100%=1\n"


def test_a_name_that_influxdb_drops_gets_an_underscore():
    assert " time_=5\n" in render([LineField("time")], {"time": 5})
