from __future__ import annotations

import pytest

from bot.content.places import Word
from bot.content.syntax import SLIPS, UNREADABLE, explain
from bot.content.tree import parse


def data(text: str) -> object:
    found = parse(text.encode("utf-8"), "a.yaml")
    assert found.problems == ()
    assert found.tree is not None
    return found.tree.data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30", Word("12:30", "time")),
        ("07:05", Word("07:05", "time")),
        ("1:02:03", Word("1:02:03", "time")),
        ("no", Word("no", "truth")),
        ("NO", Word("NO", "truth")),
        ("Off", Word("Off", "truth")),
        ("True", Word("True", "truth")),
        ("4.50", Word("4.50", "number")),
        ("1e3", Word("1e3", "number")),
        ("010", Word("010", "number")),
        ("0x1F", Word("0x1F", "number")),
        ("1_000", Word("1_000", "number")),
        (".inf", Word(".inf", "number")),
        ("true", True),
        ("false", False),
        ("2024", 2024),
        ("-7", -7),
        ("~", None),
        ("", None),
        ("null", None),
        ("2025-09-30", "2025-09-30"),
        ("about 4.5", "about 4.5"),
        ("15..18", "15..18"),
        ("nobody", "nobody"),
        ("'no'", "no"),
        ('"12:30"', "12:30"),
        ("'2024'", "2024"),
        ("2025-10-08/..", "2025-10-08/.."),
        ("12 to 13", "12 to 13"),
        ("1" * 30, Word("1" * 30, "number")),
    ],
)
def test_an_unquoted_scalar_is_what_an_editor_means_or_a_word(text: str, value: object) -> None:
    found = data(f"a: {text}\n")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert data("on: 1\n1: 2\nno: 3\n2025-01-01: 4\n") == {
        "on": 1,
        "1": 2,
        "no": 3,
        "2025-01-01": 4,
    }


EXAMPLES = {
    "mapping values are not allowed": "a: b: c\n",
    "found character that cannot start": "a: @b\n",
    "did not find expected ',' or ']'": "a: [b\nc: d\n",
    "did not find expected ',' or '}'": "a: {b: c\nd: e\n",
    "found unexpected end of stream": "a: 'b\n",
    "found unexpected document indicator": "a: 'b\n---\nc'\n",
    "found unknown escape character": 'a: "\\q"\n',
    "did not find expected key": 'a: "b" c\n',
    "did not find expected '-' indicator": "a:\n - b\n c: d\n",
    "block sequence entries are not allowed": "a: - b\n",
    "could not find expected ':'": "a: b\nc\nd: e\n",
    "did not find expected node content": "a: ]\n",
    "did not find expected alphabetic or numeric": "a: *\n",
    "did not find expected comment or line break": "a: | b\n  c\n",
    "undefined tag handle": "a: !b!c d\n",
}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.words)
def test_each_mistake_of_syntax_is_told_in_our_words(slip: object) -> None:
    chosen = next(it for it in SLIPS if it is slip)
    (problem,) = parse(EXAMPLES[chosen.words].encode("utf-8"), "a.yaml").problems
    assert (problem.message, problem.remedy) == (chosen.message, chosen.remedy)


def test_a_mistake_without_words_of_ours_says_that_the_line_cannot_be_read() -> None:
    (problem,) = parse(b"%FOO bar\n---\na: b\n%BAR\n", "a.yaml").problems
    assert problem.message in {slip.message for slip in (*SLIPS, UNREADABLE)}
    assert explain("something new") is UNREADABLE


def test_an_open_bracket_is_shown_where_it_opens() -> None:
    (problem,) = parse(b"a: b\nc: [d,\ne: f\ng: h\n", "a.yaml").problems
    assert (problem.line, problem.column, problem.excerpt) == (2, 4, "c: [d,")


def test_a_file_of_nothing_but_line_ends_is_empty() -> None:
    (problem,) = parse(b"\n\n\n", "a.yaml").problems
    assert problem.message == "the file is empty"


def test_places_are_right_behind_letters_of_several_bytes() -> None:
    found = parse("a: 'é中\U0001f600 is 5'\n".encode(), "a.yaml").tree
    assert found is not None
    mark = found.within(("a",), 7, 1)
    assert (mark.line, mark.column) == (1, 12)


def test_places_are_right_behind_escapes_and_folds() -> None:
    found = parse(b'a: "x\\u00e9y\n   z 5"\nb: >\n  one\n  two 7\n', "a.yaml").tree
    assert found is not None
    text = found.scalars["a",].text
    mark = found.within(("a",), text.index("5"), 1)
    assert (mark.line, mark.column) == (2, 6)
    mark = found.within(("b",), found.scalars["b",].text.index("7"), 1)
    assert (mark.line, mark.column) == (5, 7)
