"""Receipts: what each chat holds of which figure, and what becomes of it by edits."""

from __future__ import annotations

from tests.cast import Actor, Town

HELD = (
    "SELECT r.message_id, f.observation FROM receipts r "
    "JOIN receipt_figures f ON f.receipt_id = r.id ORDER BY 1, 2"
)


async def held(town: Town) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for message, observation in await town.rows(HELD):
        found.setdefault(message, set()).add(observation.partition(":")[0])
    return found


async def test_an_answer_that_shows_figures_leaves_a_receipt(ada: Actor, town: Town) -> None:
    await ada.says("/corridor")
    figures = (await held(town))[ada.last().id]
    assert {"corridor.volume@2023", "corridor.volume@2024", "corridor.forecast@2030"} <= figures


async def test_an_answer_without_figures_leaves_none(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    await ada.says("/help")
    assert await held(town) == {}
    assert await town.rows("SELECT * FROM receipts") == []


async def test_an_edit_replaces_what_the_message_holds(ada: Actor, town: Town) -> None:
    await ada.says("/corridor")
    number = ada.last().id
    await ada.presses("Figures")
    await ada.presses("EBRD loan for containers at Aktau")
    assert (await held(town))[number] == {"corridor.aktau_loan@2025-09-30"}
    await ada.presses("‹‹ Middle Corridor")
    assert "corridor.volume@2024" in (await held(town))[number]
    await ada.presses("Sections")
    assert await held(town) == {}


async def test_a_brief_is_held_by_whom_it_was_sent_to(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    rows = await town.rows(
        "SELECT r.message_id, g.observation FROM receipts r JOIN bulletin_figures g "
        "ON g.bulletin_id = r.bulletin_id AND g.part = r.part"
    )
    assert {row[0] for row in rows} == {ada.last().id}
    assert any(row[1].startswith("corridor.volume@2024") for row in rows)
