"""The way in: the start, deep links, help, the menu."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.chat.menu import own_menu
from bot.chat.routes import COMMANDS
from bot.config import Access
from bot.content.library import Library
from bot.render.buttons import start_link
from bot.sandbox.chats import Chat
from bot.text import load_words
from tests.cast import Actor, Town


async def test_a_newcomer_is_told_who_speaks_and_shown_the_ways_in(ada: Actor) -> None:
    await ada.starts()
    assert "dossiers that editors write" in ada.sees
    assert "Middle Corridor" in ada.sees
    assert ada.buttons == ["Today's brief", "Topics", "Subscribe", "Help"]


async def test_each_way_in_leads_somewhere(ada: Actor) -> None:
    for button, shown in (
        ("Topics", "/corridor"),
        ("Help", "Commands"),
        ("Subscribe", "Which brief would you like?"),
        ("Today's brief", "Morning brief"),
    ):
        await ada.starts()
        press = await ada.presses(button)
        assert press.answered, button
        assert shown in ada.sees


LINKS = [
    ("d-corridor", "Middle Corridor\n"),
    ("s-corridor-aktau", "Middle Corridor: Aktau and its finance"),
    ("s-corridor-transit_time", "Middle Corridor: Transit time"),
    ("f-corridor-volume", "4.5 million tons"),
    ("f-corridor-transit_time", "15–18 days"),
    ("sub-daily", "In which city is your morning?"),
    ("sub-alerts-corridor", "Alerts: sent when something changes.\nTopics: Middle Corridor."),
    ("corridor", "Middle Corridor\n"),
]


async def test_a_deep_link_opens_its_screen_at_once(ada: Actor) -> None:
    for payload, shown in LINKS:
        await ada.starts(payload)
        assert ada.sees.startswith(shown), payload


async def test_every_dossier_section_and_figure_has_a_link_that_opens_it(
    ada: Actor, town: Town
) -> None:
    library = town.app.publisher.library
    named = [("d", key, item.title) for key, item in library.dossiers.items()]
    named += [("s", key, item.title) for key, item in library.sections.items()]
    named += [("f", key, item.name) for key, item in library.figures.items()]
    for kind, key, title in named:
        payload = urlsplit(start_link("some_bot", kind, key)).query.removeprefix("start=")
        await ada.starts(payload)
        assert title in "\n".join(ada.sees.splitlines()[:2]), key
        await town.pass_time(minutes=1)


async def test_share_hands_on_a_link_that_opens_the_same_screen(ada: Actor, zoe: Actor) -> None:
    for asked in ("/corridor", "/corridor bottlenecks"):
        await ada.says(asked)
        press = await ada.presses("Share")
        assert press.kind == "url"
        shared = parse_qs(urlsplit(press.value).query)
        assert shared["text"] == [ada.sees.splitlines()[0]]
        [link] = shared["url"]
        await zoe.starts(parse_qs(urlsplit(link).query)["start"][0])
        assert zoe.sees == ada.sees
        assert len(ada.buttons) <= 6


async def test_a_deep_link_to_nothing_is_a_plain_start(ada: Actor) -> None:
    for payload in ("d-", "d-nowhere", "s-corridor-", "f-x-y", "junk", "-", "____", "x" * 64):
        await ada.starts(payload)
        assert "dossiers that editors write" in ada.sees, payload


async def test_a_deep_link_to_an_edition_that_is_not_there_says_so(ada: Actor) -> None:
    await ada.starts("sub-hourly")
    assert "There is no edition “hourly”" in ada.sees


async def test_help_names_every_command_and_every_dossier(ada: Actor, town: Town) -> None:
    await ada.says("/help")
    lines = ada.sees.splitlines()
    ours = [item.name for item in COMMANDS if not item.for_admins]
    theirs = [item.command for item in town.app.publisher.library.dossiers.values()]
    for name in (*ours, *theirs):
        assert any(line.startswith(f"/{name} ") for line in lines), name
    assert all("/invite" not in line for line in lines)


async def test_an_admin_finds_their_own_commands_in_help(ed: Actor) -> None:
    await ed.says("/help")
    assert "/invite" in ed.sees


async def test_every_command_of_help_is_answered(ada: Actor, town: Town) -> None:
    await ada.says("/help")
    commands = [line.split()[0] for line in ada.sees.splitlines() if line.startswith("/")]
    for command in commands:
        before = len(ada.told())
        await ada.says(command)
        assert len(ada.told()) > before, command
        assert "I do not know" not in ada.sees, command
        await town.pass_time(minutes=0.2)


# --- menus -----------------------------------------------------------------------------------


def offered(town: Town, who: Actor, chat: Chat | None = None) -> list[str]:
    """The commands of the menu that Telegram shows somebody there."""
    found = [item["command"] for item in town.world.menu(who.person, chat)]
    known = {item.name for item in COMMANDS}
    topics = {item.command for item in town.app.publisher.library.dossiers.values()}
    assert set(found) <= known | topics
    assert 0 < len(found) <= 12
    return found


async def test_the_command_menu_is_hung_and_holds_twelve_at_most(ada: Actor, town: Town) -> None:
    assert {"brief", "topics", "corridor", "subscribe", "help"} <= set(offered(town, ada))


async def test_in_a_group_its_members_are_offered_what_they_may_do(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    for room in (town.club, town.world.supergroup("Room", ada.person, members=(zoe.person,))):
        members, admins = offered(town, zoe, room), offered(town, ada, room)
        assert {"brief", "topics", "corridor", "help"} <= set(members)
        assert not {"subscribe", "subscriptions", "settings"} & set(members)
        assert {"subscribe", "subscriptions", "settings", "corridor", "help"} <= set(admins)
        assert len(members) == 11


async def test_an_admin_of_the_desk_gets_their_menu_once_they_have_written(
    ed: Actor, ada: Actor, town: Town
) -> None:
    assert "admin" not in offered(town, ed)
    await ed.starts()
    menu = offered(town, ed)
    assert menu[:3] == ["admin", "announce", "questions"]
    assert {"brief", "topics", "transit", "subscribe", "help"} <= set(menu)
    await ada.starts()
    assert "admin" not in offered(town, ada)
    await town.restart()
    assert offered(town, ed) == menu


@pytest.mark.parametrize(
    ("access", "own"), [("invite", {"invite"}), ("list", {"admit", "dismiss"}), ("open", set())]
)
def test_an_admin_is_offered_what_lets_people_in_where_the_desk_is_closed(
    access: str, own: set[str]
) -> None:
    ways = {"invite", "admit", "dismiss"}
    lines = own_menu(Access(access)).lines(load_words(), Library.of([], [], {}))
    assert {name for name, _ in lines} & ways == own
