"""Every button that changes something: for whom it works, and for whom nothing happens.

Each is pressed after a restart, as an old button is. That it works for those who may shows that
the press is a real one; then it is no accident that it does nothing for the others.
"""

from __future__ import annotations

import pytest

from bot.chat.routes import PRESSES
from tests.cast import Actor, Town, data

SHOWS = frozenset((
    "brief", "topics", "help", "d", "S", "s", "so", "B", "f", "q", "cp", "o", "c", "tl", "sub",
    "subs", "sv", "sh", "sd", "st", "pa", "ab", "pr", "my", "fg", "fk", "set", "setq", "qb", "qe",
    "ga", "rl", "ro", "am", "aq",
))  # fmt: skip
"""They show something, and leave all as it is."""
ASKS = frozenset(["nm", "rp", "gk", "setz"])
"""They count a question, or ask one of whoever pressed."""
DESK = frozenset(["rm", "rn", "ac", "an", "ax", "ah", "ag", "ad"])
"""They belong to the desk's admins, in private."""
BY_NUMBER = (
    "sm:{n}:480", "sk:{n}:480", "sb:{n}:1", "sp:{n}:corridor", "sl:{n}:short", "sn:{n}", "sx:{n}",
)  # fmt: skip
"""They name the subscription that they change."""
OWN = (
    "se:alerts", "sz", "sxa", "un", "pd:7", "po", "zt:Asia/Baku", "zm", "qs:60:420", "setl:short",
    "sete:silence", "seto:1", "bo", "bx", "fx",
)  # fmt: skip
"""They change what belongs to the chat that they are pressed in."""
REFUSALS = (
    "Only the group's admins can change that.",
    "In a group, only its admins can have or erase what is kept about it.",
)
LAPSED = "This button has had its day."


def verb(pattern: str) -> str:
    return pattern.partition(":")[0]


async def everything(town: Town) -> list[tuple[object, ...]]:
    """All that a press could change, but for when a row was last touched."""
    found: list[tuple[object, ...]] = []
    for table, columns in (
        ("subscriptions", "*"),
        ("chats", "id, state, zone, quiet_from, quiet_to, length, empty, open_to_all, admitted"),
        ("occasions", "*"),
        ("reports", "*"),
        ("prompts", "*"),
    ):
        found += await town.rows(f"SELECT '{table}', {columns} FROM {table} ORDER BY 2, 3")
    return found


async def ready(town: Town, pattern: str) -> str:
    """The Club with a brief, and whatever else the button needs; the button's data."""
    ada, club = town.ada, town.club
    await ada.says("/subscribe daily 08:30 Asia/Almaty", club)
    match verb(pattern):
        case "po":
            await ada.says("/pause 7d", club)
        case "zm":
            await ada.forges("zt:Asia/Baku", ada.last(club))
        case "bo" | "bx":
            town.world.remove_bot(ada.person, club)
            await town.answered()
            town.world.add_bot(ada.person, club)
            await town.answered()
        case "sz":
            await ada.says("/subscribe weekly Springfield", club)
            return data(ada.last(club))[0]
    [[number]] = await town.rows("SELECT id FROM subscriptions")
    return pattern.format(n=number)


def test_of_every_button_it_is_known_what_it_may_change() -> None:
    changes = {verb(pattern) for pattern in (*BY_NUMBER, *OWN)}
    assert set(PRESSES) == SHOWS | ASKS | DESK | changes
    assert len(PRESSES) == len(SHOWS) + len(ASKS) + len(DESK) + len(changes)


@pytest.mark.parametrize("pattern", [*BY_NUMBER, *OWN])
async def test_a_member_changes_nothing_of_the_groups_and_an_admin_does(
    ada: Actor, zoe: Actor, town: Town, pattern: str
) -> None:
    pressed = await ready(town, pattern)
    screen = ada.last(town.club)
    await town.restart()
    before, told = await everything(town), len(zoe.told(town.club))
    press = await zoe.forges(pressed, screen)
    assert press.answer in REFUSALS
    assert press.alert
    assert await everything(town) == before
    assert len(zoe.told(town.club)) == told
    press = await ada.forges(pressed, screen)
    assert press.answered
    assert press.answer not in REFUSALS
    assert await everything(town) != before


@pytest.mark.parametrize("pattern", BY_NUMBER)
async def test_a_button_that_names_anothers_subscription_is_dead(
    ada: Actor, zoe: Actor, town: Town, pattern: str
) -> None:
    pressed = await ready(town, pattern)
    await zoe.says("/subscribe daily 07:00 Europe/Berlin")
    own = pressed.replace(pressed.split(":")[1], str(int(pressed.split(":")[1]) + 1))
    await town.restart()
    before, sent = await everything(town), len(town.sent(zoe))
    press = await zoe.forges(pressed)
    assert press.answer.startswith(LAPSED)
    assert press.alert
    assert await everything(town) == before
    assert len(town.sent(zoe)) == sent
    await zoe.forges(own)
    assert await everything(town) != before


@pytest.mark.parametrize("pattern", BY_NUMBER)
async def test_an_old_button_of_what_was_stopped_is_dead(
    ada: Actor, town: Town, pattern: str
) -> None:
    pressed = await ready(town, pattern)
    screen = ada.last(town.club)
    await ada.says("/unsubscribe", town.club)
    await town.restart()
    before = await everything(town)
    press = await ada.forges(pressed, screen)
    assert press.answer.startswith(LAPSED)
    assert await everything(town) == before


@pytest.mark.parametrize("pattern", OWN)
async def test_a_chats_own_buttons_reach_no_other_chat(
    ada: Actor, zoe: Actor, town: Town, pattern: str
) -> None:
    """The same press in Zoe's chat, where the message was forwarded to, is about hers."""
    pressed = await ready(town, pattern)
    await zoe.says("/subscribe daily 07:00 Europe/Berlin")
    [club] = await town.rows("SELECT id FROM chats WHERE title = 'The Club'")
    theirs = f"WHERE chat_id = {club[0]}"
    queries = (
        f"SELECT * FROM subscriptions {theirs} ORDER BY id",
        f"SELECT zone, quiet_from, length, empty, open_to_all FROM chats WHERE id = {club[0]}",
    )
    before = [await town.rows(query) for query in queries]
    press = await zoe.forges(pressed)
    assert press.answered
    assert [await town.rows(query) for query in queries] == before


@pytest.mark.parametrize("name", sorted(DESK))
async def test_the_desks_buttons_do_nothing_for_others(
    ada: Actor, ed: Actor, town: Town, name: str
) -> None:
    await ed.starts()
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/report the year is wrong")
    await ed.says("/announce The desk is closed tomorrow.")
    before = await everything(town)
    for where in (town.club, None):
        await town.pass_time(minutes=1)
        screen = ada.last(where)
        for arguments in ("", ":1", ":2"):
            press = await ada.forges(name + arguments, screen)
            assert press.answered
            assert press.answer
    assert await everything(town) == before
