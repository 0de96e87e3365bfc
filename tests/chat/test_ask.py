"""Questions in words: the best answer with where it stands, or a plain no; nobody is remembered."""

from __future__ import annotations

import re

import pytest

from bot.content.library import Library
from bot.content.search import Index
from tests.cast import Actor, Town, buttons, data

TALKS = "Source: report on the Astana talks, as of a Monday after 7 October 2025"


async def counted(town: Town) -> dict[str, int]:
    rows = await town.rows("SELECT text, count FROM questions")
    return {str(text): int(count) for text, count in rows}


# --- what is answered ----------------------------------------------------------------------------


async def test_a_figure_comes_first_with_its_mark_and_where_it_stands(ada: Actor) -> None:
    await ada.says("how long from china to georgia")
    assert ada.sees == (
        "15–18 days from the Chinese border to Georgian ports at the time of the talks, "
        "according to details presented at Akorda\u00a0¹\n"
        "From: Middle Corridor, Transit time\n\n"
        f"{TALKS}\n"
        "¹ ¶\u00a021 (details presented at Akorda)"
    )
    assert ada.buttons[:2] == ["Read the section", "How we know"]
    assert ada.buttons[-1] == "Not what I meant"
    assert len(ada.buttons) <= 6


async def test_the_section_the_figure_and_the_next_are_a_tap_away(ada: Actor) -> None:
    for button, begins in (
        ("Read the section", "Middle Corridor: Transit time"),
        ("How we know", "15–18 days\nChinese border to Georgian ports"),
    ):
        await ada.says("/ask how long from china to georgia")
        await ada.presses(button)
        assert ada.sees.startswith(begins)
    await ada.says("/search what holds up the corridor")
    await ada.presses("What to watch: Easing the bottlenecks")
    assert ada.sees.startswith("What to watch: Easing the bottlenecks")


async def test_of_a_section_the_paragraph_is_given_that_comes_nearest(ada: Actor) -> None:
    await ada.says("EU grant amount")
    assert ada.sees.startswith("A grant by the EU is prospective.")
    assert "\nFrom: Middle Corridor, Aktau and its finance\n" in ada.sees
    await ada.says("what holds up the corridor")
    assert ada.sees.startswith("Independent assessments, which the report does not name")
    assert ada.sees.count("\n· ") == 4


@pytest.mark.parametrize(
    ("asked", "begins", "place"),
    [
        ("who is Tokayev", "Kassym-Jomart Tokayev", "Visit and council"),
        ("what is TITR", "Middle Corridor", "Middle Corridor"),
        ("when was the aktau loan announced", "30 September 2025: ", "Middle Corridor"),
    ],
)
async def test_people_terms_and_dates_are_answered(
    ada: Actor, asked: str, begins: str, place: str
) -> None:
    await ada.says(asked)
    assert ada.sees.startswith(begins)
    assert f"\nFrom: {place}\n" in ada.sees
    assert "¹" in ada.sees


async def test_a_person_among_the_next_opens_by_its_button(ada: Actor) -> None:
    await ada.says("ebrd loan")
    await ada.presses("EBRD")
    assert ada.sees.startswith("EBRD")
    assert "\nFrom: Middle Corridor\n" in ada.sees
    assert "Middle Corridor" in ada.buttons


async def test_a_dossiers_name_opens_its_summary(ada: Actor) -> None:
    await ada.says("middle corridor")
    assert ada.sees.startswith("Middle Corridor\n")
    assert "Sections" in ada.buttons


async def test_two_periods_stand_side_by_side_with_our_arithmetic_marked(ada: Actor) -> None:
    await ada.says("2023 against 2024")
    assert ada.sees.startswith(
        "Freight on the Middle Corridor\n"
        "About 2.7 million tons in 2023\u00a0¹\n"
        "4.5 million tons in 2024\u00a0¹\n"
    )
    assert "62 to 72% within the rounding" in ada.sees
    assert "our arithmetic" in ada.sees
    assert "\nFrom: Middle Corridor, Freight so far\n" in ada.sees


async def test_other_spellings_and_alphabets_are_read_and_slips_are_told(ada: Actor) -> None:
    await ada.says("botlenecks")
    assert ada.sees.startswith("Independent assessments")
    assert "Read “botlenecks” as “bottlenecks”." in ada.sees
    await ada.says("кредит ЕБРР Актау")
    assert ada.sees.startswith("€35 million")


# --- what is not ---------------------------------------------------------------------------------


async def test_an_amount_that_the_briefings_do_not_give_is_said_before_the_one_they_do(
    ada: Actor,
) -> None:
    await ada.says("is the trade goal $5 billion?")
    said, told = ada.sees.split("\n\n")[:2]
    assert said == "The briefings do not say “$5 billion” here, but this:"
    assert told.startswith("About $1 billion in trade")
    await ada.says("is the trade goal 1 billion dollars?")
    assert "do not say" not in ada.sees


async def test_a_period_that_is_lacking_is_named_with_those_that_there_are(
    ada: Actor, town: Town
) -> None:
    await ada.says("corridor volume 2021")
    assert ada.sees.startswith(
        "The briefings have no figure for 2021. They have about 2.7 million tons in 2023\u00a0¹ "
        "and 4.5 million tons in 2024\u00a0¹.\nFrom: Middle Corridor, Freight so far\n"
    )
    await ada.says("corridor forecast 2040")
    assert ada.sees.startswith("The briefings have no figure for 2040.\n\nCould triple by 2030")
    await ada.says("how much did trade grow")
    assert ada.sees.startswith(
        "The briefings have one period only, so no change can be told. "
        "They have more than $550 million in 2024"
    )
    assert await counted(town) == {
        "corridor volume 2021": 1,
        "corridor forecast 2040": 1,
        "how much did trade grow": 1,
    }


@pytest.mark.parametrize("asked", ["gdp of armenia", "zzzzqqqq", "x" * 4000, "<b>&"])
async def test_what_the_briefings_do_not_cover_is_refused_plainly(
    ada: Actor, town: Town, asked: str
) -> None:
    await ada.says(asked)
    assert ada.sees == (
        "The briefings do not cover that.\n\n"
        "(counted for the editors, without your name)\n\nNearest:"
    )
    assert len(ada.buttons) == 4
    assert ada.buttons[-1] == "Topics"
    [(text, count)] = (await counted(town)).items()
    assert count == 1
    assert len(text) <= 200


@pytest.mark.parametrize("asked", ["?", "🙂", "…!!", "please", "/ask", "/search ?"])
async def test_who_names_nothing_is_told_how_to_ask(ada: Actor, town: Town, asked: str) -> None:
    await ada.says(asked)
    assert ada.sees.startswith("Ask in a few words, for instance: /ask ")
    assert await counted(town) == {}


@pytest.mark.parametrize(
    "asked",
    [
        "運輸走廊有多長",
        "كم طول الممر",
        "הַמִּסְדְּרוֹן",
        "ĉu ño ǆ ﬁ ½ ² ①",
        "\ud83d\ude00 coridor \u0301\u0301\u0301",
        "corridor " * 400,
        "2024 " * 400,
        "1999 against 2030 against 2031 against 2032 against 2033",
        "d:corridor nm:x",
        "{volume@2024} [[x]] %s %(x)s \\0",
        "0000-00-00 9999-99-99 31 february 2024",
        "q9 2024 h3 2024 13 2024",
    ],
)
async def test_whatever_is_written_gets_an_answer(ada: Actor, asked: str) -> None:
    before = len(ada.told())
    await ada.says(asked.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    assert len(ada.told()) == before + 1
    assert "did not work" not in ada.sees
    assert all(len(value.encode()) <= 64 for value in data(ada.last()))


async def test_not_what_i_meant_is_counted_and_offers_the_others(ada: Actor, town: Town) -> None:
    await ada.says("How long from China to Georgia?")
    [*_, last] = data(ada.last())
    await ada.presses("Not what I meant")
    assert ada.sees.startswith("Then perhaps one of these:")
    assert not any("Transit time" in button for button in ada.buttons)
    assert await counted(town) == {"how long from china to georgia": 1}
    assert last == "nm:how long from china to georgia"
    await ada.presses("Topics")
    assert ada.sees.startswith("Topics")


async def test_of_a_long_question_the_button_carries_whole_words(ada: Actor, town: Town) -> None:
    asked = "how long does it take to bring goods by rail and by ship from china to georgia"
    await ada.says("how long from china to georgia " + "please " * 30)
    [carried] = [value for value in data(ada.last()) if value.startswith("nm:")]
    assert len(carried.encode()) <= 64
    assert carried.endswith(" please")
    await ada.says(asked)
    assert all(len(value.encode()) <= 64 for value in data(ada.last()))
    await ada.forges("nm:" + "y" * 60)
    assert "y" * 60 in await counted(town)


async def test_nothing_links_a_question_to_whoever_asked(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("gdp of armenia")
    await zoe.says("GDP of Armenia?")
    rows = await town.rows("SELECT * FROM questions ORDER BY language")
    moment = town.clock.now().timestamp() * 1_000_000
    assert [row[:3] for row in rows] == [("gdp of armenia", "en", 1), ("gdp of armenia", "ru", 1)]
    assert all(len(row) == 4 and abs(row[3] - moment) < 60_000_000 for row in rows)


# --- words behind commands -----------------------------------------------------------------------


async def test_words_behind_a_command_ask_that_dossier_only(ada: Actor, town: Town) -> None:
    await ada.says("/corridor volume 2021")
    assert ada.sees.startswith("The briefings have no figure for 2021.")
    await ada.says("/corridor 2023 2024")
    assert ada.sees.startswith("Freight on the Middle Corridor\nAbout 2.7 million tons in 2023")
    await ada.says("/trade bottlenecks")
    assert ada.sees.endswith("\n\nNearest:")
    assert all(value.startswith(("s:trade.", "f:trade.", "d:trade")) for value in data(ada.last()))
    assert "trade bottlenecks" in await counted(town)
    await ada.says("/corridor please")
    assert ada.sees.startswith("Middle Corridor\n")


async def test_a_dossier_without_a_figure_for_a_period_names_those_that_there_are(
    ada: Actor, town: Town
) -> None:
    await ada.says("/corridor in 2021")
    assert ada.sees == (
        "Middle Corridor: the briefings have no figure for 2021.\n"
        "They have figures in 2023, in 2024, on 30 September 2025, at the time of the talks, "
        "and by 2030.\n\n(counted for the editors, without your name)"
    )
    assert await counted(town) == {"corridor in 2021": 1}
    await ada.presses("Figures")
    assert ada.sees.startswith("Middle Corridor: figures\n")
    await ada.says("/energy 2021")
    assert ada.sees.startswith("Energy: the briefings have no figure for 2021.\n\n(counted")
    await ada.says("/corridor gdp 2021")
    assert ada.sees.startswith("The briefings do not cover that.")


async def test_a_lacking_period_is_named_in_a_group_and_inline_too(zoe: Actor, town: Town) -> None:
    lacking = "The briefings have no figure for 2021. They have about 2.7 million tons in 2023"
    name = town.world.bot.username
    for words in (f"/corridor@{name} volume 2021", f"@{name} corridor volume in 2021"):
        await zoe.says(words, town.club)
        assert zoe.last(town.club).text.startswith(lacking), words
        await town.pass_time(minutes=11)
    query = town.world.inline(zoe.person, "corridor volume 2021")
    await town.answered()
    assert query.titles[0].startswith(lacking)
    posted = town.world.choose(zoe.person, query, 0, chat=town.club)
    assert posted.text.startswith(lacking)
    assert "and 4.5 million tons in 2024" in posted.text
    assert TALKS in posted.text


@pytest.mark.parametrize("name", ["aktau", "Aqtau", "Актау", "the loan", "contaners", "aktau 2025"])
async def test_a_part_of_a_name_that_one_figure_alone_has_opens_it(
    ada: Actor, town: Town, name: str
) -> None:
    await ada.says(f"/figure {name}")
    assert ada.sees.startswith("€35 million\nEBRD loan for containers at Aktau, 30 September 2025")
    assert await counted(town) == {}


async def test_a_part_of_a_name_never_opens_what_was_not_asked(ada: Actor, town: Town) -> None:
    await ada.says("/figure gdp of aktau")
    assert ada.sees.endswith("\n\nNearest:")
    assert await counted(town) == {"gdp of aktau": 1}
    await ada.says("/figure aktau 2021")
    assert ada.sees.startswith(
        "The briefings have no figure for 2021. They have €35 million on 30 September 2025"
    )


async def test_where_several_figures_fit_it_is_asked_which(ada: Actor, town: Town) -> None:
    for name in ("kazakhstan", "2024"):
        await ada.says(f"/figure {name}")
        assert ada.sees == "Several figures fit that. Which one?"
        await ada.presses("Trade turnover of Kazakhstan and Azerbaijan")
        assert ada.sees.startswith("More than $550 million\n")
    await ada.says("/figure trade")
    assert ada.sees.startswith("Bilateral trade: figures\n")
    assert await counted(town) == {}


async def test_figure_by_name_says_which_periods_it_has(ada: Actor) -> None:
    await ada.says("/figure corridor.volume")
    assert ada.sees.startswith("4.5 million tons")
    await ada.says("/figure corridor volume 2023")
    assert ada.sees.startswith("About 2.7 million tons")
    await ada.says("/figure corridor volume 2021")
    assert ada.sees.startswith("The briefings have no figure for 2021. They have")


# --- for the editors -----------------------------------------------------------------------------


async def test_admins_read_what_was_asked_most(ed: Actor, ada: Actor, zoe: Actor) -> None:
    await ed.says("/questions")
    assert ed.sees == "Questions without an answer\nNo question has gone without an answer."
    for who in (ada, ed):
        await who.says("gdp of armenia")
    await ada.says("rail freight")
    await ed.says("/admin")
    assert "Questions without an answer: 2" in ed.sees
    await ed.presses("Questions")
    assert ed.sees == "Questions without an answer\n2 × gdp of armenia\n1 × rail freight"
    await ed.presses("‹‹ The desk")
    assert ed.sees.startswith("The desk")
    await zoe.says("/questions")
    assert "gdp" not in zoe.sees
    await zoe.says("/topics")
    await zoe.forges("aq")
    assert "gdp" not in zoe.sees


# --- at what cost --------------------------------------------------------------------------------


async def test_the_index_is_made_once_for_a_revision(
    ada: Actor, zoe: Actor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Library] = []

    def counting(library: Library) -> Index:
        made.append(library)
        return Index(library)

    monkeypatch.setattr("bot.chat.indexes.Index", counting)
    for who in (ada, zoe):
        for asked in ("freight", "/corridor bottlenecks", "gdp", "/figure volume", "/coridor"):
            await who.says(asked)
    assert len(made) <= 1


async def test_answers_of_every_thing_lead_on(ada: Actor, town: Town) -> None:
    library = town.app.publisher.library
    things = [f"term:{key}" for key in library.terms] + [f"event:{key}" for key in library.events]
    things += [f"person:{key}" for key in library.people]
    await ada.says("/topics")
    for thing in things:
        await ada.forges(f"q:{thing}")
        assert re.search(r"\nFrom: \S", ada.sees), thing
        assert buttons(ada.last())
        await town.clock.leap(5)
    for gone in ("q:figure:corridor.volume", "q:person:visit.nobody", "q:term:x"):
        await ada.forges(gone)
        assert ada.sees.startswith("Topics\n")
