"""Looking things up: dossiers, sections, figures, sources; every button of every screen."""

from __future__ import annotations

import re
from collections import deque

import pytest

from tests.cast import Actor, Town, buttons, data


async def test_topics_lists_each_dossier_with_its_command(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    for item in town.app.publisher.library.dossiers.values():
        assert f"/{item.command}" in ada.sees
        assert item.title in ada.buttons


async def test_each_dossier_answers_its_command(ada: Actor, town: Town) -> None:
    for dossier in town.app.publisher.library.dossiers.values():
        await ada.says(f"/{dossier.command}")
        assert ada.sees.startswith(dossier.title)
        assert {"Sections", "Sources", "🔔 Follow"} <= set(ada.buttons)


async def test_the_corridor_stands_as_its_editors_wrote_it(ada: Actor) -> None:
    await ada.says("/CORRIDOR")
    for said in ("4.5 million tons", "two thirds", "15–18 days", "Could triple", "€35 million"):
        assert said in ada.sees
    assert "¶\u00a021" in ada.sees


async def test_words_behind_a_command_go_straight_to_the_section(ada: Actor) -> None:
    await ada.says("/corridor bottlenecks")
    assert ada.sees.startswith("Middle Corridor: Bottlenecks")


async def test_a_year_behind_a_command_goes_straight_to_its_figure(ada: Actor) -> None:
    await ada.says("/corridor 2024")
    assert ada.sees.startswith("4.5 million tons")
    await ada.says("/corridor 2023")
    assert ada.sees.startswith("About 2.7 million tons")


@pytest.mark.parametrize(
    "asked",
    ["/corridor 2021", "/corridor volume 2021", "/figure corridor volume 2021", "freight 2022"],
)
async def test_a_year_that_is_not_there_is_never_given_a_neighbours_number(
    ada: Actor, asked: str
) -> None:
    await ada.says(asked)
    assert not re.match(r"(About )?[\d.]+ million tons\n", ada.sees)
    year = asked[-4:]
    assert year not in ada.sees.replace(f"“{asked}”", "").replace(asked, "") or "no" in ada.sees


async def test_a_figure_is_found_by_name_and_when_mistyped(ada: Actor) -> None:
    for asked in ("corridor volume", "coridor volum", "Freight on the Middle Corridor"):
        await ada.says(f"/figure {asked}")
        assert ada.sees.startswith("4.5 million tons"), asked
        assert "Said by" in ada.sees


async def test_figure_without_a_name_shows_the_board(ada: Actor) -> None:
    await ada.says("/figure")
    assert ada.sees.startswith("Figures")
    await ada.presses("Middle Corridor")
    assert ada.sees.startswith("Middle Corridor: figures")


async def test_a_figure_that_nobody_knows_is_refused_with_the_nearest(ada: Actor) -> None:
    await ada.says("/figure gdp of armenia")
    assert ada.sees.endswith("\n\nNearest:")
    assert "Topics" in ada.buttons


async def test_a_card_leads_to_the_other_period_and_back(ada: Actor) -> None:
    await ada.says("/figure corridor volume")
    earlier = next(item for item in ada.buttons if "2023" in item)
    await ada.presses(earlier)
    assert ada.sees.startswith("About 2.7 million tons")
    later = next(item for item in ada.buttons if "2024" in item)
    await ada.presses(later)
    assert ada.sees.startswith("4.5 million tons")


async def test_a_card_can_be_copied_with_its_source(ada: Actor) -> None:
    await ada.says("/figure corridor volume")
    press = await ada.presses("Copy with source")
    assert press.kind == "copy"
    assert "4.5 million tons" in press.value
    assert "Source:" in press.value


async def test_from_a_section_to_its_facts_and_back(ada: Actor) -> None:
    await ada.says("/corridor bottlenecks")
    await ada.presses("Sources")
    first = ada.sees
    assert first.startswith("Fact ")
    await ada.presses("Later fact ›")
    assert ada.sees.startswith("Fact ")
    assert ada.sees != first
    await ada.presses("‹ Earlier fact")
    assert ada.sees == first
    await ada.presses(next(item for item in ada.buttons if item.startswith("‹‹")))
    assert ada.sees.startswith("Middle Corridor: Bottlenecks")


async def test_a_view_that_is_long_keeps_within_one_message_each(ada: Actor, town: Town) -> None:
    for command in ("/timeline", "/sources", "/glossary", "/who", "/figures", "/status"):
        before = len(ada.told())
        await ada.says(command)
        parts = ada.told()[before:]
        assert parts
        assert all(0 < len(item.text) <= 4096 for item in parts)
        assert [bool(buttons(item)) for item in parts[:-1]] == [False] * (len(parts) - 1)
        await town.pass_time(minutes=0.2)


async def test_the_brief_is_what_subscribers_get(ada: Actor, zoe: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(hours=23)
    received = ada.sees
    await zoe.says("/brief")
    assert received.startswith("Morning brief, Tuesday 25 November")
    assert zoe.sees == received


async def test_latest_is_the_newest_brief_again(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(hours=23)
    received = ada.sees
    await ada.says("/topics")
    await ada.says("/latest")
    assert ada.sees == received


async def test_latest_before_the_first_is_todays_brief(ada: Actor) -> None:
    await ada.says("/latest")
    assert ada.sees.startswith("Morning brief, Monday 24 November")


# --- every button ----------------------------------------------------------------------------


async def crawl(who: Actor, town: Town, start: str, leave: frozenset[str]) -> dict[str, set[str]]:
    """Press every button that can be reached, breadth first; what leads where.

    Whatever is refused, unanswered, empty or without a way on fails by name.
    """
    await who.says(start)
    ways = {start: set(data(who.last()))}
    waiting = deque(ways[start])
    while waiting:
        pressed = waiting.popleft()
        if pressed in ways or pressed.partition(":")[0].removesuffix("!") in leave:
            continue
        press = await who.forges(pressed)
        assert press.answered, pressed
        assert press.answer == "", (pressed, press.answer)
        assert who.sees.strip(), pressed
        assert len(who.last().text) <= 4096
        onward = data(who.last())
        assert onward, f"{pressed} is a dead end"
        ways[pressed] = set(onward)
        waiting.extend(onward)
        if len(ways) % 20 == 0:
            await town.clock.leap(60)
    return ways


def leads_back(ways: dict[str, set[str]], home: str) -> set[str]:
    """Those screens from which `home` can be reached."""
    found = {home}
    while True:
        more = {name for name, to in ways.items() if name not in found and to & found}
        if not more:
            return found
        found |= more


async def test_every_button_leads_somewhere_and_back(ada: Actor, town: Town) -> None:
    # Following asks for an hour, reporting for words: a question to answer, with no way on.
    ways = await crawl(ada, town, "/topics", frozenset({"sub", "rp"}))
    library = town.app.publisher.library
    assert {f"s:{key}" for key in library.sections} <= set(ways)
    assert {f"f:{key}" for key in library.figures} <= set(ways)
    assert {f"d:{name}" for name in library.dossiers} <= set(ways)
    stuck = set(ways) - leads_back(ways, "topics") - {"/topics"}
    assert stuck == set()


async def test_every_button_of_a_subscription_leads_somewhere_and_back(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe alerts corridor")
    effects = frozenset({"sx", "sxa", "sn", "sk", "d", "sb"})
    ways = await crawl(ada, town, "/subscriptions", effects)
    assert set(ways) - leads_back(ways, "subs") - {"/subscriptions"} == set()
    assert {"sh", "sd", "st", "sp", "sl", "sm"} <= {name.partition(":")[0] for name in ways}


async def test_a_name_behind_who_and_a_term_behind_glossary_give_that_one(ada: Actor) -> None:
    for asked, said in (
        ("/who tokayev", "Kassym-Jomart Tokayev:"),
        ("/glossary akorda", "Akorda:"),
    ):
        await ada.says(asked)
        assert ada.sees.startswith(said)
        assert "\nFrom: " in ada.sees
        assert "¹" in ada.sees
    for asked, said in (("/who zzzz", "People and bodies\n"), ("/glossary", "Terms\n")):
        await ada.says(asked)
        assert ada.sees.startswith(said)


async def test_a_topic_that_is_none_behind_timeline_or_sources_is_said_so(ada: Actor) -> None:
    for command in ("/timeline", "/sources"):
        await ada.says(f"{command} zzzz")
        assert ada.sees.startswith("I do not know “zzzz”.")
        await ada.says(f"{command} corridor")
        assert ada.sees.startswith("Middle Corridor: ")
