"""Mistakes in the YAML itself: the parser's words, and ours for an editor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """`words` are what the parser says; `opened` tells that its beginning is to blame."""

    words: str
    message: str
    remedy: str
    opened: bool = False


SLIPS: tuple[Slip, ...] = (
    Slip(
        "mapping values are not allowed",
        "a colon where none can stand",
        "put text that holds a colon in quotes, or indent this line like the one above",
    ),
    Slip(
        "found character that cannot start",
        "this character cannot start a value",
        "put the text in quotes",
    ),
    Slip(
        "did not find expected ',' or ']'",
        "this list in [ ] does not end",
        "write a comma or `]`",
        opened=True,
    ),
    Slip(
        "did not find expected ',' or '}'",
        "this mapping in { } does not end",
        "write a comma or `}`; text that starts with { needs quotes",
        opened=True,
    ),
    Slip(
        "found unexpected end of stream",
        "this quoted text does not end",
        "close the quotes",
        opened=True,
    ),
    Slip(
        "found unexpected document indicator",
        "this quoted text does not end",
        "close the quotes",
        opened=True,
    ),
    Slip(
        "found unknown escape character",
        "a backslash in double quotes that means nothing",
        "use single quotes, or write two backslashes",
    ),
    Slip(
        "did not find expected key",
        "this line does not continue what stands above",
        "indent it like its neighbours; text that goes on behind a quote needs quotes as a whole",
    ),
    Slip(
        "did not find expected '-' indicator",
        "this line does not continue the list above",
        "start it with `- `, or indent it like the line it belongs to",
    ),
    Slip(
        "block sequence entries are not allowed",
        "a list cannot start here",
        "put its first `- ` on a line of its own",
    ),
    Slip("could not find expected ':'", "a key without a colon", "write `name: value`"),
    Slip(
        "did not find expected node content",
        "a value is missing here",
        "write it, or put the text in quotes",
    ),
    Slip(
        "did not find expected alphabetic or numeric",
        "`*` and `&` start an alias, and aliases are not used",
        "put the text in quotes",
    ),
    Slip(
        "did not find expected comment or line break",
        "something stands behind `|` or `>`",
        "start the text on the next line",
    ),
    Slip(
        "undefined tag handle", "a tag; tags are not used", "put text that starts with ! in quotes"
    ),
)
UNREADABLE = Slip(
    "",
    "this line cannot be read as YAML",
    "compare it with its neighbours: indentation, colons, quotes",
)


def explain(problem: str) -> Slip:
    """Our words for what the parser says; for the rest that it cannot be read."""
    return next((slip for slip in SLIPS if slip.words in problem), UNREADABLE)
