"""Whatever is written, Telegram takes each part, and the parts joined are the whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.buttons import markup, nav
from bot.render.message import (
    Bar,
    Block,
    Cite,
    Heading,
    Link,
    Para,
    Quote,
    Span,
    Text,
    View,
)
from bot.render.split import CHARACTERS, ENTITIES, split
from bot.sandbox.world import World

words = st.text(min_size=1, max_size=200)
long_words = st.builds(lambda word, times: (word + ". ") * times, words, st.integers(1, 300))
spans: st.SearchStrategy[Span] = st.one_of(
    st.builds(Text, words, bold=st.booleans(), italic=st.booleans(), strike=st.booleans()),
    st.builds(Text, long_words),
    st.builds(Link, words, st.just("https://example.org/a?b=1&c=2")),
    st.builds(Cite, st.just(("a.1",)), st.sampled_from(["¹", " ² ³"])),
)
paras = st.builds(Para, st.lists(spans, min_size=1, max_size=6).map(tuple), bullet=st.booleans())
blocks: st.SearchStrategy[Block] = st.one_of(
    paras,
    st.builds(Heading, st.lists(st.builds(Text, words), min_size=1, max_size=2).map(tuple)),
    st.builds(Quote, st.lists(paras, min_size=1, max_size=8).map(tuple)),
    st.builds(Bar, st.floats(0, 1)),
)
views = st.builds(
    lambda body: View(tuple(body), ((nav("Topics", "topics"),),)),
    st.lists(blocks, min_size=1, max_size=8),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Tags(HTMLParser):
    """Fails where a tag is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(views)
def test_no_tag_is_torn_and_the_parts_joined_are_the_whole(view: View) -> None:
    messages = split(view)
    whole = "".join(split_one(block) for block in view.blocks)
    assert squeezed("".join(message.plain for message in messages)) == squeezed(whole)
    for message in messages:
        assert len(message.plain) <= CHARACTERS + ENTITIES
        tags = Tags()
        tags.feed(message.html)
        tags.close()
        assert tags.open == []
    assert [bool(message.buttons) for message in messages] == [
        *[False] * (len(messages) - 1),
        True,
    ]


def split_one(block: Block) -> str:
    """A block's text, written here without the code under test's packing."""
    match block:
        case Para(parts, bullet):
            text = "".join(part.mark if isinstance(part, Cite) else part.text for part in parts)
            return ("·" if bullet else "") + "".join(clean(text))
        case Heading(parts):
            return clean(
                "".join(part.mark if isinstance(part, Cite) else part.text for part in parts)
            )
        case Quote(inner):
            return "".join(split_one(para) for para in inner)
        case Bar(share):
            filled = int(share * 10)
            return "▰" * filled + "▱" * (10 - filled)


def clean(text: str) -> str:
    return "".join(char for char in text if ord(char) > 31 or char in "\t\n")


@settings(max_examples=60)
@given(views)
def test_telegram_takes_every_part(view: View) -> None:
    world = World(now=lambda: 1_764_000_000.0)
    world.rates.off()
    ada = world.person("Ada")
    world.start(ada)
    for message in split(view):
        if not visible(message.plain):
            continue
        params: dict[str, object] = {
            "chat_id": ada.id,
            "text": message.html,
            "parse_mode": "HTML",
        }
        keyboard = markup(message.buttons)
        if keyboard is not None:
            params["reply_markup"] = keyboard
        reply = world.call("sendMessage", params)
        assert reply.status == 200, reply.body


def visible(text: str) -> bool:
    """Whether anything of it can be seen: only that is ever written in a dossier."""
    return any(char.isalnum() for char in text)
