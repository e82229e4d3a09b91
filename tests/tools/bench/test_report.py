"""The benchmark report as text and Markdown tables."""

from tools.bench import report, table
from tools.bench.counter_check import Exactness
from tools.bench.load import Load
from tools.bench.result import Counted, Measured, Memory, Result

ROUNDS = {
    "empty route": [Load(7000, 1.0, 2.0, 4.0, 0, 0), Load(7200, 1.0, 2.0, 4.0, 0, 0)],
    "Spikecast": [Load(3500, 1.0, 4.0, 9.0, 0, 0), Load(5400, 1.0, 3.0, 7.0, 0, 0)],
}
RESULT = Result(
    {"Machine": "a small one"},
    [Measured("sqlite", "10-fields", "10 fields", "empty route", "Spikecast", 0.85, 3.0, ROUNDS)],
    [Counted("sqlite", Exactness(9600, 2, 1))],
    [Memory("sqlite", [{"rss": 81.2, "pss": 60.4}, {"rss": 151.0, "pss": 99.6}])],
)


def test_a_text_table_aligns_numbers_right_and_text_left():
    assert table.plain(["what", "n"], [["some", "9"], ["more", "1,000"]]).splitlines() == [
        "what  n",
        "----  -----",
        "some      9",
        "more  1,000",
    ]


def test_the_row_of_a_case_shows_its_goal_spread_and_missed_goals():
    row = "| Spikecast | 4,450 | 0.62 | 0.85 | 0.50–0.75 | 3.5 | 8.0 | 2.0 | 0 | MISSED: ratio |"
    assert f"| sqlite | 10 fields {row}" in report.as_markdown(RESULT)


def test_counter_exactness_and_the_largest_worker_have_separate_rows():
    text = report.as_markdown(RESULT)
    assert "| 2 served twice, 1 missing of 9,600 | none | MISSED: exactness |" in text
    assert "| 151 MiB RSS, 100 MiB PSS | 150 MiB RSS | MISSED: memory |" in text


def test_the_report_starts_with_the_machine():
    assert report.as_text(RESULT).startswith("Machine: a small one\n")
