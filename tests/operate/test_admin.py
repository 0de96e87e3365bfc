"""`/admin` and `/announce`: what an admin sees and does in their private chat, and nobody else."""

from __future__ import annotations

from bot.chat.routes import COMMANDS
from tests.cast import Actor, Town, data

TEXT = "# Tonight\n\nThe bot rests for an hour.\n- from 22:00"
HERS = "Tonight\nThe bot rests for an hour.\n· from 22:00"


async def follow(*readers: Actor) -> None:
    for reader in readers:
        await reader.says("/subscribe daily 08:30 Asia/Almaty")


async def test_an_admin_sees_the_desk_at_a_glance(ed: Actor, ada: Actor) -> None:
    await follow(ada)
    await ada.says("gdp of armenia")
    await ed.says("/admin")
    assert ed.sees.startswith("The desk\nSending: running\nRevision: 1\nChats: 3 ")
    assert "Subscriptions: daily 1" in ed.sees
    assert "Queue: 0 due" in ed.sees
    assert ed.buttons == ["Questions", "Refresh"]
    await follow(ed)
    await ed.says("/admin")
    await ed.presses("Refresh")
    assert "Subscriptions: daily 2" in ed.sees


async def test_nobody_else_gets_the_desk_or_hears_of_it(ada: Actor, town: Town) -> None:
    for words in ("/admin", "/announce Hello"):
        await ada.says(words)
        assert "Only the desk's admins" in ada.sees
    await ada.says("/help")
    assert "/announce" not in ada.sees
    assert "/admin" not in ada.sees
    await town.ed.says("/help")
    assert "/announce" in town.ed.sees


async def test_in_a_group_even_an_admin_is_refused(ed: Actor, town: Town) -> None:
    town.world.join(ed.person, town.club)
    await ed.says("/admin", town.club)
    assert "Only the desk's admins" in ed.last(town.club).text


async def test_forged_presses_do_nothing(ada: Actor, town: Town) -> None:
    await follow(ada)
    await ada.says("/topics")
    for forged in ("am", "ac", "an", "ax:1", "ax:x", "ac:1"):
        await ada.forges(forged)
    assert await town.rows("SELECT count(*) FROM occasions WHERE kind = 'announcement'") == [(0,)]


async def test_the_menu_of_an_admins_chat_has_their_commands(
    ed: Actor, ada: Actor, town: Town
) -> None:
    await ed.starts()
    await ada.starts()
    await town.restart()
    # In an open desk nobody has to be let in.
    theirs = {item.name for item in COMMANDS if item.for_admins} - {"invite", "admit", "dismiss"}
    for actor, sees_them in ((ed, True), (ada, False)):
        listed = {str(item["command"]) for item in town.world.menu(actor.person)}
        assert (theirs <= listed) is sees_them
        assert theirs.isdisjoint(listed) is not sees_them


async def test_an_announcement_is_shown_counted_confirmed_and_sent(
    ed: Actor, ada: Actor, zoe: Actor, ben: Actor, town: Town
) -> None:
    await follow(ada, zoe, ben)
    await ben.blocks()
    await ed.says(f"/announce {TEXT}")
    shown, asked = ed.told()[-2:]
    assert shown.text == HERS
    assert "2 chats now" in asked.text
    assert "1 blocked us" in asked.text
    assert ed.buttons == ["Send to 2", "Cancel"]
    assert HERS not in town.sent(ada)
    await ed.presses("Send to 2")
    await town.pass_time(minutes=1)
    assert town.sent(ada).count(HERS) == town.sent(zoe).count(HERS) == 1
    assert HERS not in town.sent(ben)
    assert "is through: 2 of 2 sent" in ed.sees
    assert ed.buttons == []


async def test_a_cancelled_announcement_reaches_nobody(ed: Actor, ada: Actor, town: Town) -> None:
    await follow(ada)
    await ed.says("/announce Hello")
    question = ed.last()
    await ed.presses("Cancel")
    assert ed.sees == "Not sent."
    await ed.forges("ac", question)
    await town.pass_time(minutes=1)
    assert "Hello" not in town.sent(ada)


async def test_two_presses_of_confirm_are_one_announcement(
    ed: Actor, ada: Actor, town: Town
) -> None:
    await follow(ada)
    await ed.says("/announce Hello")
    question = ed.last()
    await ed.presses("Send to 1")
    await ed.forges("ac", question)
    await town.pass_time(minutes=1)
    assert town.sent(ada).count("Hello") == 1


async def test_quiet_hours_hold_it_and_stop_ends_it(ed: Actor, ada: Actor, town: Town) -> None:
    await follow(ada)
    async with town.app.database.write() as conn:
        await conn.exec_driver_sql(
            "UPDATE chats SET quiet_from = 0, quiet_to = 1380 WHERE tg_id = 1001"
        )
    await ed.says("/announce Hello")
    assert "1 held by quiet hours" in ed.sees
    await ed.presses("Send to 1")
    assert "0 of 1 sent, 1 held until morning" in ed.sees
    [stop] = data(ed.last())
    await ed.says("/admin")
    assert "an announcement" in ed.sees
    assert stop in data(ed.last())
    await ed.presses(f"Stop {stop.partition(':')[2]}")
    assert "was stopped: 0 of 1 sent, 1 cancelled" in ed.sees
    await town.pass_time(days=1)
    assert "Hello" not in town.sent(ada)


async def test_a_confirmed_announcement_survives_a_restart(
    ed: Actor, ada: Actor, town: Town
) -> None:
    await follow(ada)
    await ed.says("/announce Hello")
    await ed.presses("Send to 1")
    await town.restart()
    await town.pass_time(minutes=1)
    assert town.sent(ada).count("Hello") == 1


async def test_without_words_or_readers_it_says_so(ed: Actor) -> None:
    await ed.says("/announce")
    assert "Write the text behind the command" in ed.sees
    await ed.says("/announce Hello")
    await ed.presses("Send to 0")
    assert "no subscribers" in ed.sees
