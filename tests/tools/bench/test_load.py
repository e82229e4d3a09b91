"""What wrk says is read strictly."""

import pytest

from tools.bench.load import Load, LoadFailed, parse

WRK_SAYS = """Running 2s test @ http://127.0.0.1:8088
  1 threads and 16 connections
  2510 requests in 2.01s, 1.07MB read

RESULT {"requests": 2510, "microseconds": 2005000, "p50": 11988, "p99": 29903, "not_2xx": 3, \
"socket_errors": 2}
"""


def test_the_figures_are_read_from_what_wrk_says():
    load = parse(WRK_SAYS)
    assert load == Load(
        requests=2510, seconds=2.005, p50_ms=11.988, p99_ms=29.903, not_2xx=3, socket_errors=2
    )
    assert round(load.per_second) == 1252


def test_answers_that_are_no_success_and_broken_connections_are_errors():
    assert parse(WRK_SAYS).errors == 5


def test_a_wrk_that_did_not_come_to_its_end_is_no_load():
    with pytest.raises(LoadFailed, match="unable to connect"):
        parse("unable to connect to 127.0.0.1:8088 Connection refused\n")
