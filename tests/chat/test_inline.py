"""Inline: `@bot words` in any chat offers figures and sections that stand for themselves."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from bot.chat.cities import Cities
from bot.sandbox.chats import InlineQuery
from tests.cast import Actor, Town


async def types(who: Actor, town: Town, words: str) -> InlineQuery:
    query = town.world.inline(who.person, words)
    await town.answered()
    assert query.answered
    return query


async def test_a_figure_has_its_value_in_the_title_and_its_source_beneath(
    zoe: Actor, town: Town
) -> None:
    query = await types(zoe, town, "aktau")
    [loan] = [item for item in query.results if item["title"].startswith("€35 million")]
    assert loan["description"].startswith("report on the Astana talks, ¶")
    assert query.personal
    assert query.cache_time == 30


async def test_what_is_chosen_says_value_source_and_date_and_leads_to_the_bot(
    zoe: Actor, town: Town
) -> None:
    query = await types(zoe, town, "corridor volume 2024")
    posted = town.world.choose(zoe.person, query, 0, chat=town.club)
    await town.answered()
    assert posted.text.startswith("4.5 million tons")
    assert "Source: report on the Astana talks, as of a Monday after 7 October 2025" in posted.text
    assert "expandable_blockquote" not in {entity["type"] for entity in posted.entities}
    [[button]] = posted.buttons
    assert button["url"].endswith("?start=f-corridor-volume")
    # It stands in the group through us, and is no question to us.
    assert zoe.last(town.club).text.startswith("I brief from dossiers")


async def test_an_empty_query_offers_the_board(zoe: Actor, town: Town) -> None:
    query = await types(zoe, town, "")
    assert 10 < len(query.results) <= 50
    assert any(title.startswith("4.5 million tons") for title in query.titles)
    assert query.button == {"text": "Open the bot", "start_parameter": "topics"}


async def test_figures_come_first_in_the_order_of_their_dossier(zoe: Actor, town: Town) -> None:
    query = await types(zoe, town, "corridor")
    assert query.titles[0] == "4.5 million tons of freight in 2024"
    assert query.titles.index("Middle Corridor") > 2
    assert not any("¹" in item["description"] for item in query.results)


@pytest.mark.parametrize("words", ["cor", "middle cor", "corr frei", "BOTTLEN"])
async def test_half_a_word_finds_what_begins_so(zoe: Actor, town: Town, words: str) -> None:
    query = await types(zoe, town, words)
    assert any("orridor" in title for title in query.titles)


async def test_nothing_found_offers_a_way_into_the_bot(zoe: Actor, town: Town) -> None:
    query = await types(zoe, town, "gdp of armenia in 1995 zzz")
    assert query.results == []
    assert query.button == {
        "text": "Nothing on that; see the topics",
        "start_parameter": "topics",
    }
    await zoe.starts("topics")
    assert zoe.sees.startswith("Topics")


async def test_a_period_that_is_lacking_is_never_a_neighbours_number(
    zoe: Actor, town: Town
) -> None:
    query = await types(zoe, town, "corridor volume 2021")
    assert query.titles[0].startswith("The briefings have no figure for 2021")
    posted = town.world.choose(zoe.person, query, 0, chat=town.club)
    assert posted.text.startswith("The briefings have no figure for 2021")
    await town.answered()


async def test_every_card_of_the_library_is_taken(zoe: Actor, town: Town) -> None:
    library = town.app.publisher.library
    for item in library.dossiers.values():
        names = [item.title, *(part.title for part in item.sections.values())]
        names += [figure.name for figure in item.figures.values()]
        names += [person.name for person in item.people.values()]
        for name in names:
            query = await types(zoe, town, name)
            assert query.results, name
            seen = [(item["title"], item["description"]) for item in query.results]
            assert len(seen) == len(set(seen)), seen


async def test_a_stranger_who_types_is_not_written_down(town: Town) -> None:
    nobody = Actor(town, town.world.person("Nobody", user_id=4242, language_code="fr"))
    query = await types(nobody, town, "corridor")
    assert query.results
    assert await town.rows("SELECT * FROM chats WHERE tg_id = 4242") == []


async def test_what_was_typed_is_not_kept(zoe: Actor, town: Town) -> None:
    await types(zoe, town, "a secret of mine")
    assert await town.rows("SELECT body FROM inbox WHERE body LIKE '%secret%'") == []


async def test_a_query_that_is_too_old_is_let_go(zoe: Actor, town: Town) -> None:
    query = town.world.inline(zoe.person, "corridor")
    town.world.inline_life = -1.0
    await town.answered()
    assert not query.answered
    assert await town.rows("SELECT state FROM inbox WHERE state <> 'done'") == []
    assert zoe.told() == []


async def test_an_answer_takes_less_than_fifty_milliseconds(zoe: Actor, town: Town) -> None:
    await types(zoe, town, "warm up")
    times = []
    for words in ("", "corridor", "aktau", "how long from china to georgia", "tra", "zzz"):
        begun = time.perf_counter()
        await types(zoe, town, words)
        times.append(time.perf_counter() - begun)
    assert sorted(times)[len(times) // 2] < 0.05, times


async def test_a_closed_desk_shows_nothing_to_those_outside(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(state, monkeypatch, gazetteer, {"BRIEFING_ACCESS": "invite"})
    try:
        await town.open()
        query = await types(town.zoe, town, "corridor")
        assert query.results == []
        assert query.button is not None
        assert query.button["text"].startswith("This desk is closed")
        assert (await types(town.ed, town, "corridor")).results
    finally:
        await town.close()


async def test_whatever_is_typed_is_answered(zoe: Actor, town: Town) -> None:
    chance = random.Random(7)
    scraps = (
        "corridor", "2023", "against", "aktau", "<b>", "&amp;", "{volume@2024}",
        "\u0410\u043a\u0442", "\u202e", "\U0001f1f0\U0001f1ff", "9" * 30, "\u0663", "'", "\ufdfa",
        "volume", "last year", ":",
    )  # fmt: skip
    for _ in range(150):
        words = " ".join(chance.choices(scraps, k=chance.randint(1, 6)))
        query = await types(zoe, town, words)
        assert len(query.results) <= 50
        for item in query.results:
            assert item["title"].strip()
