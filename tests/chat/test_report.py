"""Errors that readers report: told to the admins with what was shown, and answered by them."""

from __future__ import annotations

from tests.cast import Actor, Town, buttons, data

ROWS = "SELECT place, revision, text, state, outcome, shown FROM reports ORDER BY id"
WORDS = "The 2024 value is another in the yearbook"


async def report_the_volume(ada: Actor) -> None:
    await ada.says("/figure corridor volume")
    await ada.presses("Report an error")
    await ada.says(WORDS, to=ada.last())


async def test_a_report_is_asked_for_kept_and_told_with_what_was_shown(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    await ada.says("/figure corridor volume")
    card = ada.last()
    await ada.presses("Report an error")
    assert ada.sees.startswith("What is wrong there: Freight on the Middle Corridor?")
    assert card.text.startswith("4.5 million tons")
    await ada.says(WORDS, to=ada.last())
    assert ada.sees.startswith("The editors have it now, without your name.")
    [row] = await town.rows(ROWS)
    assert row[:5] == ("f:corridor.volume", 1, WORDS, "open", "")
    assert row[5] == card.text
    told = ed.sees
    assert told.startswith("Report 1: Freight on the Middle Corridor\n“The 2024 value")
    assert "4.5 million tons" in told
    assert "Ada" not in told
    assert str(ada.person.id) not in told
    assert ed.buttons == ["Mended", "Not an error", "See it"]


async def test_what_comes_of_it_comes_back_to_the_reader(ada: Actor, ed: Actor, town: Town) -> None:
    await ed.starts()
    await report_the_volume(ada)
    await ed.presses("Mended")
    assert ed.sees == (
        "Report 1, Freight on the Middle Corridor. It was an error and is put right."
    )
    assert ada.sees == (
        "Your report on Freight on the Middle Corridor\nIt was an error and is put right."
    )
    outcome = ada.last()
    await ada.presses("See it")
    assert ada.sees.startswith("4.5 million tons")
    assert outcome.text.startswith("Your report")
    assert [row[3:5] for row in await town.rows(ROWS)] == [("closed", "mended")]


async def test_an_editor_may_answer_in_words(ada: Actor, ed: Actor) -> None:
    await ed.starts()
    await report_the_volume(ada)
    await ed.says("The yearbook counts both directions; the source does not.", to=ed.last())
    assert ada.sees.endswith(
        "The editors: “The yearbook counts both directions; the source does not.”"
    )
    await ed.says("And once more", to=ed.told()[-2])
    assert ed.sees == "That report is closed already."
    assert sum(text.startswith("Your report") for text in (it.text for it in ada.told())) == 1


async def test_two_presses_are_one_outcome(ada: Actor, ed: Actor, town: Town) -> None:
    await ed.starts()
    await report_the_volume(ada)
    told = ed.last()
    await ed.presses("Not an error", told)
    press = await ed.forges("rm:1", told)
    assert press.answer == "That report is closed already."
    assert "found no error" in ada.sees
    assert [row[4] for row in await town.rows(ROWS)] == ["no_error"]


async def test_the_outcome_waits_for_the_morning_and_survives_a_restart(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    await report_the_volume(ada)
    async with town.app.database.write() as conn:
        await conn.exec_driver_sql(
            "UPDATE chats SET quiet_from = 0, quiet_to = 420, zone = 'UTC' WHERE tg_id = 1001"
        )
    await ed.presses("Mended")
    assert not ada.sees.startswith("Your report")
    await town.restart()
    await town.pass_time(hours=2, minutes=5)
    assert ada.sees.startswith("Your report")


async def test_words_behind_the_command_are_the_report(ada: Actor, ed: Actor, town: Town) -> None:
    await ed.starts()
    await ada.says("/report the energy dossier has no date")
    assert ada.sees.startswith("The editors have it now")
    assert [row[0] for row in await town.rows(ROWS)] == [""]
    assert ed.sees.startswith("Report 1: the briefings\n“the energy dossier has no date”")


async def test_the_command_in_reply_to_an_answer_is_about_that_answer(
    ada: Actor, town: Town
) -> None:
    await ada.says("/figure corridor volume")
    await ada.says("/report that is not so", to=ada.last())
    await ada.says("/report")
    assert ada.sees.startswith("What is wrong, and where?")
    await ada.says("All of it", to=ada.last())
    assert [row[0] for row in await town.rows(ROWS)] == ["f:corridor.volume", ""]


async def test_the_button_stands_under_every_answer_that_states_something(ada: Actor) -> None:
    for asked, place in (
        ("/corridor bottlenecks", "rp:s:corridor.bottlenecks"),
        ("/compare corridor volume", "rp:cp:corridor.volume"),
        ("/status", "rp:status"),
        ("/figure aktau loan", "rp:f:corridor.aktau_loan"),
    ):
        await ada.says(asked)
        assert place in data(ada.last()), asked
        await ada.forges(place)
        assert ada.sees.startswith("What is wrong there: "), asked
    await ada.says("/figure aktau loan")
    await ada.presses("Source")
    assert "Report an error" in ada.buttons


async def test_open_reports_wait_under_admin_for_who_was_not_told(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await report_the_volume(ada)
    assert ed.told() == []
    await ed.says("/admin")
    assert "Open reports" in ed.buttons
    await ed.presses("Open reports")
    assert "1. Freight on the Middle Corridor: “The 2024 value" in ed.sees
    await ed.presses("Report 1")
    assert "4.5 million tons" in ed.sees
    await ed.presses("Mended")
    assert ada.sees.startswith("Your report on Freight")
    await ed.says("/admin")
    assert "Open reports" not in ed.buttons


async def test_ten_may_wait(ada: Actor, town: Town) -> None:
    for number in range(11):
        await ada.says(f"/report number {number}")
        await town.pass_time(minutes=1)
    assert ada.sees.startswith("10 of your reports wait for the editors")
    assert len(await town.rows(ROWS)) == 10


async def test_nobody_but_admins_judges_reports(ada: Actor, ben: Actor, town: Town) -> None:
    await report_the_volume(ada)
    await ben.says("/topics")
    for forged in ("rm:1", "rn:1", "ro:1", "rl", "rm:", "rm:x", "rm:" + "9" * 30):
        await ben.forges(forged)
    assert [row[3] for row in await town.rows(ROWS)] == ["open"]
    assert all(WORDS not in message.text for message in ben.told())


async def test_forged_places_are_a_report_on_the_briefings(ada: Actor, ed: Actor) -> None:
    await ed.starts()
    await ada.says("/topics")
    await ada.forges("rp:f:nowhere.at_all")
    await ada.says("Something", to=ada.last())
    assert ed.sees.startswith("Report 1: the briefings")
    assert buttons(ed.last()) == ["Mended", "Not an error"]


async def test_a_sticker_is_no_report(ada: Actor, town: Town) -> None:
    await ada.says("/report")
    question = ada.last()
    await ada.is_at(41.0, 44.0, to=question)
    assert ada.sees == "Write in words what is wrong, please."
    await ada.says("The year", to=question)
    assert len(await town.rows(ROWS)) == 1


async def test_a_command_is_no_report_though_it_replies_to_the_question(
    ada: Actor, town: Town
) -> None:
    await ada.says("/report")
    question = ada.last()
    await ada.says("/glossary", to=question)
    assert ada.sees.startswith("Terms")
    assert await town.rows(ROWS) == []
    await ada.says(WORDS, to=question)
    assert [row[2] for row in await town.rows(ROWS)] == [WORDS]
