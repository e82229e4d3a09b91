"""Strict parsing of wrk's output."""

import pytest

from tools.bench.load import Load, LoadFailed, parse

WRK_OUTPUT = """Running 2s test @ http://127.0.0.1:8088
  1 threads and 16 connections
  2510 requests in 2.01s, 1.07MB read

RESULT {"requests": 2510, "microseconds": 2005000, "p50": 11988, "p99": 29903, "not_2xx": 3, \
"socket_errors": 2}
"""


def test_the_results_are_parsed_from_the_output_of_wrk():
    load = parse(WRK_OUTPUT)
    assert load == Load(
        requests=2510, seconds=2.005, p50_ms=11.988, p99_ms=29.903, not_2xx=3, socket_errors=2
    )
    assert round(load.per_second) == 1252


def test_error_statuses_and_socket_errors_count_as_errors():
    assert parse(WRK_OUTPUT).errors == 5


def test_output_of_wrk_without_a_result_raises_load_failed():
    with pytest.raises(LoadFailed, match="unable to connect"):
        parse("unable to connect to 127.0.0.1:8088 Connection refused\n")
