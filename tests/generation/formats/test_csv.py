"""Polls in CSV, read back by Python's csv module."""

import csv
import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generation.formats.csv import Column, build_template


def render(columns, data):
    return build_template(columns).render(data, orjson.dumps).decode()


def test_names_and_values_are_one_line_each():
    columns = [Column("engine °C"), Column("os", "Debian, 12"), Column("load %")]
    data = {"engine °C": -84, "os": "", "load %": 0.5}
    assert render(columns, data) == 'engine °C,os,load %\r\n-84,"Debian, 12",0.5\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_evaluate_gets_an_apostrophe(text):
    [_, row] = csv.reader(io.StringIO(render([Column("note", text)], {}), newline=""))
    assert row == [f"'{text}"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_any_text_is_read_back(text):
    [_, row, *more] = csv.reader(io.StringIO(render([Column("a"), Column("b", text)], {"a": 1}), newline=""))
    assert not more
    assert row[0] == "1"
    assert row[1].removeprefix("'") == text.removeprefix("'")
