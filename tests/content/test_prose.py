from __future__ import annotations

import pytest

from bot.content.prose import (
    Dated,
    Paragraph,
    ProseError,
    Reference,
    Share,
    Shift,
    Shown,
    Words,
    mentioned,
    parse,
    reference,
    scan,
)


def test_prose_becomes_words_and_what_it_names() -> None:
    found = parse("It carried {volume@2024}, {volume@2024 vs 2023} more.", "corridor")
    assert found == (
        Paragraph(
            (
                Words("It carried "),
                Shown("corridor.volume", "2024"),
                Words(", "),
                Shift("corridor.volume", "2024", "2023"),
                Words(" more."),
            ),
            bullet=False,
        ),
    )


def test_blank_lines_part_paragraphs_and_dashes_make_bullets() -> None:
    found = parse("One\n  goes on.\n\n- two\n  goes on\n- three\nfour\n", "x")
    assert [(part.spans, part.bullet) for part in found] == [
        ((Words("One goes on."),), False),
        ((Words("two goes on"),), True),
        ((Words("three four"),), True),
    ]


def test_a_reference_may_be_broken_over_two_lines() -> None:
    assert mentioned(parse("so {volume@2024\n  vs 2023} it rose", "corridor")) == (
        Shift("corridor.volume", "2024", "2023"),
    )


def test_a_marked_number_is_printed_as_it_stands() -> None:
    assert parse("the [[12th]] summit", "x") == (
        Paragraph((Words("the 12th summit"),), bullet=False),
    )


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("volume", Shown("corridor.volume", None)),
        ("volume@2024", Shown("corridor.volume", "2024")),
        ("trade.goal@2025-10-08/..", Shown("trade.goal", "2025-10-08/..")),
        ("volume@2024 vs 2023", Shift("corridor.volume", "2024", "2023")),
        ("volume@2024 of goal", Share("corridor.volume", "2024", "corridor.goal", None)),
        ("volume of trade.goal@2030", Share("corridor.volume", None, "trade.goal", "2030")),
    ],
)
def test_a_reference_stands_without_braces(text: str, span: Reference) -> None:
    assert reference(text, "corridor") == span


@pytest.mark.parametrize("text", ["", "{volume}", "on loan", "volume 2024", "a.b.c", "A", "v@"])
def test_what_is_no_reference_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ProseError) as caught:
        reference(text, "corridor")
    assert caught.value.remedy.startswith("write name@2024")


def test_the_date_of_an_event_is_named_with_on() -> None:
    assert mentioned(parse("{on loan} and {on trade.talks}", "corridor")) == (
        Dated("corridor.loan"),
        Dated("trade.talks"),
    )


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("It took 15–18 days.", "15–18"),
        ("about 4.5, then", "4.5"),
        ("1,000,000 tons", "1,000,000"),
        ("the 12th time", "12th"),
        ("G20 met", "G20"),
        ("in 2024.", "2024"),
        ("½ of it", "½"),
        ("m² of it", "m²"),
        ("٣ of it", "٣"),
    ],
)
def test_a_typed_number_is_refused_as_a_whole(text: str, piece: str) -> None:
    (error,) = scan(text, "x").errors
    assert text[error.offset : error.offset + error.length] == piece
    assert error.number == piece
    assert error.message == f'a number typed into prose: "{piece}"'
    assert error.remedy.endswith(f"or [[{piece}]] if it is no figure")


@pytest.mark.parametrize(
    ("text", "piece", "message"),
    [
        ("so {volume", "{", "a brace that is not closed"),
        ("so volume}", "}", "a closing brace alone"),
        ("so [[twelfth", "[[", "`[[` that is not closed"),
        ("so twelfth]]", "]]", "`]]` alone"),
        ("so [[ ]]", "[[ ]]", "`[[]]` marks nothing"),
        ("so {}", "{}", "`{}` is not a reference"),
        ("so {volume in 2024}", "{volume in 2024}", "`{volume in 2024}` is not a reference"),
    ],
)
def test_a_broken_reference_is_refused_where_it_stands(text: str, piece: str, message: str) -> None:
    error = scan(text, "x").errors[0]
    assert text[error.offset : error.offset + error.length] == piece
    assert error.message == message


def test_parse_raises_the_first_mistake_and_scan_tells_them_all() -> None:
    text = "5 ships\n\n- and {no such}"
    assert len(scan(text, "x").errors) == 2
    with pytest.raises(ProseError, match="a number typed into prose"):
        parse(text, "x")
