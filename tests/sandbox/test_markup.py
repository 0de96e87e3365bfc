"""HTML and MarkdownV2 as the server reads them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.chats import Payload
from bot.sandbox.entities import MOST_ENTITIES, formatted
from bot.sandbox.html import MarkupError, parse_html, utf16
from bot.sandbox.links import LinkError, check_url
from bot.sandbox.markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.refusals import Refusal

HTML_ERRORS = [
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("é <b", "Unclosed start tag at byte offset 3"),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ('<a href="x"', "Unclosed start tag at byte offset 0"),
    ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
    ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ('<tg-time unix="5" format="x">y</tg-time>', "Invalid date format used"),
    (
        "&#xd83d;",
        (
            "Text contains invalid Unicode characters after decoding HTML entities, check for "
            "unmatched surrogate code units"
        ),
    ),
]


@pytest.mark.parametrize(("source", "words"), HTML_ERRORS)
def test_html_is_refused_with_the_byte_where_it_went_wrong(source: str, words: str) -> None:
    with pytest.raises(MarkupError) as error:
        parse_html(source)
    assert str(error.value) == words


MARKDOWN_ERRORS = [
    ("hello.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("a|b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
    ("a>b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
    ("*a", "Can't find end of Bold entity at byte offset 0"),
    ("é_a", "Can't find end of Italic entity at byte offset 2"),
    ("__a", "Can't find end of Underline entity at byte offset 0"),
    ("~a", "Can't find end of Strikethrough entity at byte offset 0"),
    ("||a", "Can't find end of Spoiler entity at byte offset 0"),
    ("`a", "Can't find end of Code entity at byte offset 0"),
    ("```a", "Can't find end of Pre entity at byte offset 0"),
    ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
    ("[a", "Can't find end of TextUrl entity at byte offset 0"),
    ("🏟 🏟![👍", "Can't find end of CustomEmoji entity at byte offset 9"),
    ("🏟 🏟![👍](tg://emoji?id=1234", "Can't find end of a URL at byte offset 17"),
    ("![👍]", "The entity must contain a tg://emoji or tg://time URL"),
    ("![👍](tg://emoji?id=025)", "Invalid tg://emoji or tg://time URL specified"),
    ("![👍](tg://time?unix=0)", "Invalid tg://emoji or tg://time URL specified"),
    ("*bold _italic\\_*", "Can't find end of Bold entity at byte offset 15"),
    (">a *b\nc*", "Can't find end of Bold entity at byte offset 3"),
]


@pytest.mark.parametrize(("source", "words"), MARKDOWN_ERRORS)
def test_markdown_is_refused_with_the_entity_that_does_not_end(source: str, words: str) -> None:
    with pytest.raises(MarkupError) as error:
        parse_markdown_v2(source)
    assert str(error.value) == words


def known(user: int) -> Payload | None:
    return {"id": user, "is_bot": False, "first_name": "Ada"} if user == 5 else None


def html(source: str) -> tuple[str, list[Payload]]:
    return formatted(source, "HTML", None, known)


def kinds(found: list[Payload]) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in found]


def test_offsets_count_utf16_units() -> None:
    text, found = html("😀<b>é😀</b>")
    assert (text, kinds(found)) == ("😀é😀", [("bold", 2, 3)])


def test_names_and_numbers_are_decoded_and_nothing_else() -> None:
    text, _ = html("&lt;b&gt; &amp;nbsp; &nbsp; &quot;&#x41;&#66; &#xd83d;&#xde00; &unknown")
    assert text == '<b> &nbsp; &nbsp; "AB 😀 &unknown'


def test_everything_that_html_can_say() -> None:
    source = (
        "<b>b</b><i>i</i><u>u</u><s>s</s><span class='tg-spoiler'>p</span>"
        "<code>c</code> <pre><code class='language-py'>x</code></pre>"
        "<blockquote expandable>q</blockquote>"
        "<a href='https://example.org'>l</a><a href='javascript:alert(1)'>n</a>"
        "<a href='tg://user?id=5'>A</a><a href='tg://user?id=6'>Z</a>"
        "<tg-time unix='1764000000' format='wDT'>t</tg-time>"
        "<tg-emoji emoji-id='5368324170671202286'>👍</tg-emoji>"
    )
    text, found = html(source)
    assert text == "biuspc xqlnAZt👍"
    assert kinds(found) == [
        ("bold", 0, 1),
        ("italic", 1, 1),
        ("underline", 2, 1),
        ("strikethrough", 3, 1),
        ("spoiler", 4, 1),
        ("code", 5, 1),
        ("pre", 7, 1),
        ("expandable_blockquote", 8, 1),
        ("text_link", 9, 1),
        ("text_mention", 11, 1),
        ("date_time", 13, 1),
        ("custom_emoji", 14, 2),
    ]
    assert found[6]["language"] == "py"
    assert found[8]["url"] == "https://example.org/"
    assert found[9]["user"]["first_name"] == "Ada"
    assert found[10]["unix_time"] == 1764000000
    assert found[10]["date_time_format"] == "wDT"


@pytest.mark.parametrize(
    ("written", "kept"), [("tTdD", "dt"), ("TDW", "wDT"), ("R", "r"), ("", "")]
)
def test_a_date_format_is_put_in_order(written: str, kept: str) -> None:
    _, found = html(f"<tg-time unix='1764000000' format='{written}'>x</tg-time>")
    assert found[0]["date_time_format"] == kept


def test_markdown_quotes_end_with_their_lines() -> None:
    text, found = parse_markdown_v2(">one\n>two||\nrest\n**>three")
    assert text == "one\ntwo\nrest\nthree"
    assert kinds(found) == [("expandable_blockquote", 0, 8), ("blockquote", 13, 5)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (">a\n>q||e||w||\nb", [("expandable_blockquote", 0, 6), ("spoiler", 3, 1)]),
        (">a\r\n>q||e||w||\r\n", [("expandable_blockquote", 0, 8), ("spoiler", 4, 1)]),
        (">a\n>q||ew||\nb", [("blockquote", 0, 6), ("spoiler", 3, 2)]),
        (">`b\n>c\nd`\n>e\nf", [("blockquote", 0, 9), ("code", 0, 6)]),
        ("*>a\n*", [("blockquote", 0, 2), ("bold", 0, 2)]),
        (">\n\r>2", [("blockquote", 0, 1), ("blockquote", 2, 1)]),
        (">||", []),
    ],
)
def test_markdown_quotes_hold_and_stand_in_other_things(
    source: str, expected: list[tuple[str, int, int]]
) -> None:
    _, found = parse_markdown_v2(source)
    assert sorted(kinds(found)) == expected


def test_old_markdown_knows_four_things() -> None:
    text, found = parse_markdown("*b* _i_ `c` [l](https://example.org) \\* ```py\nx```")
    assert text == "b i c l * x"
    assert [entity["type"] for entity in found] == ["bold", "italic", "code", "text_link", "pre"]


def test_equal_styles_are_joined_and_leave_code_alone() -> None:
    text, found = html("<b>a</b><b>b<code>c</code>d</b>")
    assert text == "abcd"
    assert kinds(found) == [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 1)]


def test_styles_that_cross_are_cut_so_that_they_nest() -> None:
    _, found = html("<b>a<i>b</i></b><i>c</i>")
    assert kinds(found) == [("bold", 0, 2), ("italic", 1, 1), ("italic", 2, 1)]


def test_commands_mentions_and_links_are_found_where_nothing_else_is() -> None:
    text = "/start@some_bot @ada #tag https://example.org/a. mail@example.org <code>/no</code>"
    _, found = html(text.replace("&", "&amp;"))
    assert [entity["type"] for entity in found] == [
        "bot_command",
        "mention",
        "hashtag",
        "url",
        "email",
        "code",
    ]
    assert found[3]["length"] == len("https://example.org/a")


def test_only_a_hundred_entities_stay() -> None:
    _, found = html("<b>a</b> " * 101)
    assert len(found) == MOST_ENTITIES


def test_too_much_in_links_is_refused() -> None:
    link = f"<a href='https://example.org/{'x' * 120}'>l</a> "
    with pytest.raises(Refusal, match="ENTITIES_TOO_LONG"):
        html(link * 90)


def test_a_text_is_trimmed_and_cleaned() -> None:
    text, found = html(" \n a\r\n<b>b\tc </b>\u202e d  \n")
    assert text == "a\nb c  d"
    assert kinds(found) == [("bold", 2, 4)]


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://example.org", "https://example.org/"),
        ("example.org/a?b=1", "http://example.org/a?b=1"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://example.org?a=1", "https://example.org/?a=1"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("t.me/some_bot?start=x", "http://t.me/some_bot?start=x"),
    ],
)
def test_a_link_is_kept_with_its_scheme(given_url: str, kept: str) -> None:
    assert check_url(given_url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "javascript:alert(1)",
        "ftp://e.org",
        "http://",
        "a b.c",
        "e.org ",
        "http://localhost:80",
    ],
)
def test_what_is_no_link_is_refused(url: str) -> None:
    with pytest.raises(LinkError):
        check_url(url)


# --- properties ------------------------------------------------------------------------------

STYLES = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
}
MARKS = {"bold": "*", "italic": "_", "underline": "__", "strikethrough": "~", "spoiler": "||"}
RESERVED = "_*[]()~`>#+-=|{}.!\\"
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Mn"]),
    min_size=1,
    max_size=8,
)


@dataclass(frozen=True)
class Styled:
    """A word, or several things in a style."""

    style: str
    parts: tuple[Styled | str, ...]

    def html(self) -> str:
        tag = STYLES[self.style]
        return f"<{tag}>{''.join(_html(part) for part in self.parts)}</{tag}>"

    def markdown(self) -> str:
        # An empty bold between marks keeps `_` and `__` apart, as the documentation advises.
        inside = "**".join(_markdown(part) for part in self.parts)
        return f"{MARKS[self.style]}**{inside}**{MARKS[self.style]}"


def _html(part: Styled | str) -> str:
    return escape(part) if isinstance(part, str) else part.html()


def _markdown(part: Styled | str) -> str:
    if isinstance(part, Styled):
        return part.markdown()
    return "".join(f"\\{letter}" if letter in RESERVED else letter for letter in part)


def spans(
    part: Styled | str, start: int, inside: frozenset[str]
) -> tuple[str, set[tuple[str, int]]]:
    """The plain text, and which UTF-16 units have which style."""
    if isinstance(part, str):
        units = {(style, start + unit) for style in inside for unit in range(utf16(part))}
        return part, units
    text, found = "", set()
    for child in part.parts:
        more, units = spans(child, start + utf16(text), inside | {part.style})
        text += more
        found |= units
    return text, found


def trees(styles: tuple[str, ...] = tuple(STYLES)) -> st.SearchStrategy[Styled | str]:
    """Words in styles in styles; no style within itself."""
    if not styles:
        return words
    return words | st.sampled_from(styles).flatmap(
        lambda style: st.lists(
            trees(tuple(other for other in styles if other != style)), min_size=1, max_size=3
        ).map(lambda parts: Styled(style, tuple(parts)))
    )


def covered(found: list[Payload]) -> set[tuple[str, int]]:
    return {
        (entity["type"], unit)
        for entity in found
        for unit in range(entity["offset"], entity["offset"] + entity["length"])
        if entity["type"] in STYLES
    }


@settings(deadline=None)
@given(trees())
def test_html_that_is_written_is_read_back(tree: Styled | str) -> None:
    text, units = spans(tree, 0, frozenset())
    read, found = formatted(_html(tree), "HTML", None, known)
    assert read == text
    assert covered(found) == units


@settings(deadline=None)
@given(trees())
def test_markdown_that_is_written_is_read_back(tree: Styled | str) -> None:
    text, units = spans(tree, 0, frozenset())
    read, found = formatted(_markdown(tree), "MarkdownV2", None, known)
    assert read == text
    assert covered(found) == units


PIECES = (
    "<b>|</b>|<i|</|>|<a href=|'|\"|=|&|&lt|&#x|;|<pre>|</pre>|<code class='language-|*|_|__|~|`|"
    "```|[|]|(|)|![|](tg://|\\|\n|tg://user?id=5|é|😀| |x|\0|\r"
)
SOUP = st.lists(
    st.sampled_from([*PIECES.split("|"), "|", "||"]) | st.text(max_size=3), max_size=30
).map("".join)


@settings(deadline=None)
@given(SOUP, st.sampled_from(["HTML", "MarkdownV2", "Markdown", ""]))
def test_no_text_breaks_the_parser(source: str, mode: str) -> None:
    try:
        text, found = formatted(source, mode, None, known)
    except Refusal:
        return
    total = utf16(text)
    ends: list[int] = []
    for entity in found:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        assert 0 <= start < end <= total
        while ends and ends[-1] <= start:
            ends.pop()
        assert not ends or end <= ends[-1] or entity["type"] not in STYLES
        ends.append(end)
