"""Whatever is written, Telegram takes each part, and the parts joined are the whole."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
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
    Time,
    View,
)
from bot.render.split import CHARACTERS, ENTITIES, split
from bot.sandbox.chats import Person
from bot.sandbox.world import World

SOAK = settings.get_current_profile_name() == "soak"
FIRST, LAST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2037-01-01")
MARKS = (
    "<b>", "</b>", "&amp;", "&#60;", "<a href='", "\u202e", "\u200d", "\u0301", "\u00a0", "\t",
    "\n", "\r\n", "\x00", "\x1f", "\ufdfa", "\u2167", "e\u0301", "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1f0\U0001f1ff", "\U0001f44d\U0001f3fd",
    "\u0410\u043a\u0442\u0430\u0443", "\u05d0\u05d1", "\u4e2d", "4.5 million tons. ", " ", "x",
)  # fmt: skip
"""What texts are made of that try a splitter: tags, signs of several code points, blanks."""
words = st.text(min_size=1, max_size=200) | st.lists(
    st.sampled_from(MARKS) | st.text(max_size=3), min_size=1, max_size=30
).map("".join).filter(bool)  # fmt: skip
long_words = st.builds(lambda word, times: (word + ". ") * times, words, st.integers(1, 300))
endless = st.builds(lambda word, times: word * times, words, st.integers(1, 400))
texts = st.builds(Text, words, bold=st.booleans(), italic=st.booleans(), strike=st.booleans())
spans: st.SearchStrategy[Span] = st.one_of(
    texts,
    st.builds(Text, long_words),
    st.builds(Text, endless, bold=st.booleans()),
    st.builds(Text, words, url=st.just("https://t.me/some_bot?start=f-a-b"), bold=st.booleans()),
    st.builds(Link, words, st.just("https://example.org/a?b=1&c=2")),
    st.builds(Cite, st.just(("a.1",)), st.sampled_from(["¹", " ² ³"])),
    st.builds(
        Time,
        st.datetimes(timezones=st.just(UTC), min_value=FIRST, max_value=LAST),
        words,
        st.sampled_from(["", "r", "t", "wDT", "d"]),
    ),
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
    check_whole(view)


def check_whole(view: View) -> None:
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


@settings(max_examples=10_000 if SOAK else 100)
@given(views)
def test_telegram_takes_every_part(view: View) -> None:
    check_taken(view, *a_world())


def test_what_telegram_finds_by_itself_takes_no_place_from_our_own_marks() -> None:
    found = ". ".join(f"#topic{number} @reader{number} /command{number}" for number in range(60))
    links = tuple(Text(f" {number}", url="https://t.me/some_bot") for number in range(60))
    view = View((Para((Text("First", bold=True), Text(found), *links)),))
    assert len(split(view)) > 2
    world, ada = a_world()
    kept = 0
    for message in split(view):
        params = {"chat_id": ada.id, "text": message.html, "parse_mode": "HTML"}
        result = world.call("sendMessage", params).body["result"]
        assert len(result["entities"]) <= ENTITIES
        kept += sum(item["type"] in {"bold", "text_link"} for item in result["entities"])
    assert kept == 61


def a_world() -> tuple[World, Person]:
    world = World(now=lambda: 1_764_000_000.0)
    world.rates.off()
    ada = world.person("Ada")
    world.start(ada)
    return world, ada


def check_taken(view: View, world: World, ada: Person) -> None:
    """Telegram refuses no part, drops no entity of it, and shows the words of all."""
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
        result = reply.body["result"]
        assert len(result.get("entities", ())) <= ENTITIES
        assert seen(result["text"]) == seen(message.plain)


def random_text(chance: random.Random) -> str:
    pieces = chance.choices(MARKS, k=chance.randint(1, 8))
    pieces += [chr(chance.randrange(32, 0xD800)) for _ in range(chance.randint(0, 3))]
    text = "".join(pieces) * (80 if chance.random() < 0.02 else 1)
    return text if chance.random() < 0.8 else "".join(text.split()) or "x"


def random_span(chance: random.Random) -> Span:
    text, coin = random_text(chance), chance.random()
    if coin < 0.7:
        bold, italic, strike = (chance.random() < 0.4 for _ in range(3))
        return Text(
            text, bold, italic, strike, url=chance.choice(("", "", "https://t.me/b?start=f"))
        )
    if coin < 0.8:
        return Cite(("a.1",), "\u00a0\u00b9")
    if coin < 0.9:
        return Link(text, "https://example.org/?a=1&b=2", chance.random() < 0.5)
    at = datetime.fromtimestamp(chance.randrange(1, 2**31 - 1), UTC)
    return Time(at, text, chance.choice(("", "r", "t", "wDT", "d")))


def random_para(chance: random.Random) -> Para:
    count = chance.choice((1, 1, 2, 2, 5, 5, 9, 100))
    return Para(tuple(random_span(chance) for _ in range(count)), bullet=chance.random() < 0.3)


def random_view(seed: int) -> View:
    chance = random.Random(seed)
    made: list[Block] = []
    for _ in range(chance.randint(1, 6)):
        match chance.randrange(6):
            case 0:
                made.append(Heading((Text(random_text(chance)),)))
            case 1:
                made.append(Quote(tuple(random_para(chance) for _ in range(chance.randint(1, 5)))))
            case 2:
                made.append(Bar(chance.random()))
            case _:
                made.append(random_para(chance))
    return View(tuple(made), ((nav("Topics", "topics"),),))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_hundreds_of_random_views_are_taken_whole(part: int) -> None:
    try_views(range(part * 100, part * 100 + 100))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_random_views_are_taken_whole(part: int) -> None:
    try_views(range(part * 1000, part * 1000 + 1000))


def try_views(seeds: range) -> None:
    for seed in seeds:
        view = random_view(seed)
        check_whole(view)
        check_taken(view, *a_world())


def visible(text: str) -> bool:
    """Whether anything of it can be seen: only that is ever written in a dossier."""
    return any(char.isalnum() for char in text)


def seen(text: str) -> str:
    """The letters and digits: Telegram takes out some of what only turns or adorns them."""
    return "".join(char for char in text if char.isalnum())
