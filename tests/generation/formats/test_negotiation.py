"""The choice of a poll's format by the `Accept` header."""

import pytest

from app.generation.formats.negotiation import negotiate

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "garbage;;;=,,",
        "text/plain;q=0",
        "text/plain;q=nan",
        "text/plain;q=high",
        "text/plain," * 200,
        BROWSER,
        "application/json, text/plain, */*",
    ],
)
def test_json_is_the_default(accept):
    assert negotiate(accept) == "json"


@pytest.mark.parametrize(
    "accept",
    [
        "text/plain",
        "TEXT/PLAIN ; Version=0.0.4 ; Q=1",
        "text/plain;version=0.0.4;q=1,*/*;q=0.1",
        "text/plain, application/json",
        PROMETHEUS_2,
        PROMETHEUS_3,
        f"{PROTOBUF};q=0.7,text/plain;version=0.0.4;q=0.3",
        PROTOBUF,
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    ],
)
def test_a_client_that_accepts_plain_text_gets_the_prometheus_format(accept):
    assert negotiate(accept) == "prometheus"


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text;version=1.0.0;q=0.6,*/*;q=0.2",
    ],
)
def test_a_scraper_that_does_not_accept_plain_text_gets_openmetrics(accept):
    assert negotiate(accept) == "openmetrics"
