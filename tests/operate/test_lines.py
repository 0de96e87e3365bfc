"""Files of subscribers as they are read, line by line, before anything is known of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.newsroom.lines import (
    HEADER,
    LONGEST,
    Record,
    Wrong,
    form_of,
    read_lines,
    read_moment,
    write_moment,
)
from bot.newsroom.office import Refusal

HEAD = ",".join(HEADER) + "\n"


def csv(*lines: str) -> list[Record | Wrong]:
    return list(read_lines([HEAD, *lines], "csv"))


def test_a_line_is_read_by_its_columns() -> None:
    [record] = csv("5,,daily,corridor;trade,08:30,mon-fri,Asia/Almaty,en\n")
    assert isinstance(record, Record)
    assert record.line == 2
    assert record.columns == dict(
        zip(
            HEADER,
            ("5", "", "daily", "corridor;trade", "08:30", "mon-fri", "Asia/Almaty", "en"),
            strict=True,
        )
    )


def test_the_columns_may_stand_in_another_order_and_behind_a_mark() -> None:
    turned = "\ufeff" + ",".join(reversed(HEADER)) + "\r\n"
    [record] = read_lines([turned, "en,Asia/Almaty,mon,09:00,,weekly,,7\r\n"], "csv")
    assert isinstance(record, Record)
    assert record.columns["chat_id"] == "7"
    assert record.columns["language"] == "en"


@pytest.mark.parametrize("head", ["", "chat_id,edition\n", "5,,daily,,08:30,mon-fri,UTC,en\n"])
def test_another_header_is_refused_with_ours(head: str) -> None:
    with pytest.raises(Refusal, match="chat_id,thread_id,edition"):
        list(read_lines([head], "csv"))


def test_one_stray_quote_costs_one_line() -> None:
    found = csv(
        '5,,daily,,08:30,"mon-fri,UTC,en\n',
        "6,,daily,,08:30,mon-fri,UTC,en\n",
        "7,,daily\n",
        "\n",
        "8,,daily,,08:30,mon-fri,UTC,en\n",
    )
    assert [type(one).__name__ for one in found] == ["Wrong", "Record", "Wrong", "Record"]
    assert [one.line for one in found] == [2, 3, 4, 6]


def test_a_line_said_twice_counts_once() -> None:
    found = csv(
        "5,,daily,,08:30,mon-fri,UTC,en\n",
        "5,0,daily,corridor,8:30,mon,UTC,en\n",
        "5,,daily,,18:00,mon-fri,UTC,en\n",
    )
    assert [type(one).__name__ for one in found] == ["Record", "Wrong", "Record"]
    assert str(found[1]) == "3: says the same subscription as line 2"


def test_two_languages_for_one_chat_are_named() -> None:
    found = csv("5,,daily,,08:30,mon-fri,UTC,en\n", "5,,daily,,18:00,mon-fri,UTC,hy\n")
    assert str(found[1]) == "3:language: line 2 says en for the same chat; write that"


def test_json_lines_are_read_with_their_places() -> None:
    found = list(
        read_lines(
            ['{"chat_id": 5, "subscriptions": []}\n', "{broken\n", "[1]\n", "\n", '{"chat_id": 6}'],
            "jsonl",
        )
    )
    assert [type(one).__name__ for one in found] == ["Record", "Wrong", "Wrong", "Record"]
    assert str(found[1]) == "2:2: no JSON object"


def test_a_line_without_end_is_passed_over() -> None:
    endless = json.dumps({"chat_id": "x" * LONGEST})
    [wrong] = read_lines([endless], "jsonl")
    assert isinstance(wrong, Wrong)
    assert isinstance(csv("x" * (LONGEST + 1))[0], Wrong)


def test_the_ending_of_a_name_tells_what_it_is() -> None:
    assert form_of(Path("a.CSV")) == "csv"
    assert form_of(Path("a.jsonl")) == "jsonl"
    with pytest.raises(Refusal, match="--format"):
        form_of(Path("a.txt"))


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_a_moment_survives_the_file(at: int) -> None:
    assert read_moment(write_moment(at) or "") == at


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_file_breaks_the_reading(lines: list[str]) -> None:
    for one in csv(*lines):
        assert one.line >= 2
    for one in read_lines(lines, "jsonl"):
        assert one.line >= 1
