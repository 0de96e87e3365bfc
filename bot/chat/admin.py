"""For those who look after the bot, in their private chat: a glance, and announcements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.desk import Ask
from bot.chat.rights import is_admin
from bot.clock import micros
from bot.newsroom.announce import open_announcement, write_text
from bot.newsroom.announce import report as announcement_report
from bot.newsroom.audience import count_audience, owe_all
from bot.newsroom.look import look_around, tell_look
from bot.newsroom.office import Refusal
from bot.newsroom.progress import Progress, progress, stop, tell_progress, under_way
from bot.render.buttons import nav, rows
from bot.render.message import Block, Button, Heading, Para, Text, View
from bot.render.views import home
from bot.store import prompts
from bot.store import questions as asked
from bot.store.occasions import Occasion

OFTEN = 3.0
SELDOM = 15.0
"""Seconds between two edits of a progress, at first and after two minutes."""
MINUTES = 120.0
WORTH_A_BUTTON = 4


async def admin(ask: Ask) -> None:
    """`/admin`, and its button Refresh: the state at a glance, what is being sent, a Stop each."""
    if not await _is_allowed(ask):
        return
    words, office = ask.words, ask.desk.office
    seen = await look_around(office)
    sending = await under_way(office, WORTH_A_BUTTON)
    blocks: list[Block] = [Heading((Text(words("admin.title")),))]
    lines = [words("admin.sending", state=ask.desk.sending()), *tell_look(seen, words)]
    lines += [
        words(
            "admin.under_way",
            number=done.occasion_id,
            what=_what(ask, done),
            line=tell_progress(done, words),
        )
        for done in sending
    ]
    blocks += [Para((Text(line),), tight=True) for line in lines]
    buttons = [_stop_button(ask, done.occasion_id) for done in sending]
    if seen.queue.reports:
        buttons.append(nav(words("button.reports"), "rl"))
    buttons += [nav(words("button.questions"), "aq"), nav(words("admin.refresh"), "am")]
    await ask.show(View(tuple(blocks), rows(buttons), "admin"))


async def questions(ask: Ask) -> None:
    """`/questions`, and its button: what was asked most and got no answer; nobody knows by whom."""
    if not await _is_allowed(ask):
        return
    words = ask.words
    async with ask.desk.database.read() as conn:
        found = await asked.top(conn)
    blocks: list[Block] = [Heading((Text(words("admin.questions")),))]
    lines = [
        words("admin.question", number=words.number(item.count), text=item.text) for item in found
    ]
    blocks += [Para((Text(line),), tight=True) for line in lines or [words("admin.no_questions")]]
    back = nav(words("button.back", title=words("admin.title")), "am")
    await ask.show(View(tuple(blocks), rows((back,)), "admin.questions"))


async def announce(ask: Ask) -> None:
    """`/announce TEXT`: what readers would get, to how many, and whether to send it."""
    words, office = ask.words, ask.desk.office
    if not ask.text:
        await ask.say("admin.usage")
        return
    try:
        shown = write_text(ask.text, words)
    except Refusal as refusal:
        await ask.show(home.notice(str(refusal)))
        return
    found = await count_audience(office)
    await ask.show(shown)
    report = announcement_report(found, words, office.rate)
    buttons = (
        nav(words("admin.confirm", number=words.number(found.reached)), "ac"),
        nav(words("admin.cancel"), "an"),
    )
    lines = [Para((Text(line.strip()),), tight=True) for line in report.splitlines()]
    asked = await ask.show(View(tuple(lines), rows(buttons), "announce"))
    async with ask.desk.database.write() as conn:
        await prompts.ask(
            conn, ask.chat.id, asked, {"announce": ask.text}, micros(ask.desk.clock.now())
        )


async def confirm(ask: Ask) -> None:
    """Send to all; a second press of the same button is the same wish."""
    text = await _kept(ask)
    if text is None or ask.press is None:
        return
    office = ask.desk.office
    try:
        occasion = await open_announcement(office, text, f"{ask.chat.id}:{ask.press.message_id}")
    except Refusal as refusal:
        await ask.show(home.notice(str(refusal)))
        return
    async with ask.desk.database.write() as conn:
        await prompts.close(conn, ask.chat.id, ask.press.message_id)
    await ask.toast()
    ask.desk.errands.start(_send(ask, occasion), f"announcement {occasion.id}")


async def cancel(ask: Ask) -> None:
    """Not sent; the preview lapses."""
    if await _kept(ask) is None or ask.press is None:
        return
    async with ask.desk.database.write() as conn:
        await prompts.close(conn, ask.chat.id, ask.press.message_id)
    await ask.show(home.notice(ask.words("admin.cancelled")))


async def end(ask: Ask, number: str) -> None:
    """The button Stop: what has not left stays here."""
    if not await _is_allowed(ask):
        return
    try:
        done = await stop(ask.desk.office, number)
    except Refusal as refusal:
        await ask.toast(str(refusal), alert=True)
        return
    await ask.show(_progress(ask, done))


async def _send(ask: Ask, occasion: Occasion) -> None:
    """Write down what is owed, and keep the message under the button up to date until all left."""
    office, clock = ask.desk.office, ask.desk.clock

    async def tell(_: int) -> None:
        await _refresh(ask, occasion.id, shown)

    shown: list[Progress] = []
    await owe_all(office, occasion, tell=_at_most(ask, tell))
    begun = clock.monotonic()
    while await _refresh(ask, occasion.id, shown):
        await clock.sleep(OFTEN if clock.monotonic() - begun < MINUTES else SELDOM)


def _at_most(ask: Ask, tell: Callable[[int], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    """Told no more often than a message is edited."""
    last = [ask.desk.clock.monotonic() - OFTEN]

    async def told(owed: int) -> None:
        now = ask.desk.clock.monotonic()
        if now - last[0] >= OFTEN:
            last[0] = now
            await tell(owed)

    return told


async def _refresh(ask: Ask, number: int, shown: list[Progress]) -> bool:
    """Edit the message if there is news; False once nothing more will come."""
    done = await progress(ask.desk.office, number)
    if done is None:
        return False
    if not shown or shown[-1] != done:
        shown[:] = [done]
        await ask.show(_progress(ask, done))
    return not done.is_done and done.state == "open"


def _progress(ask: Ask, done: Progress) -> View:
    words = ask.words
    line = tell_progress(done, words)
    key, buttons = "admin.progress", [_stop_button(ask, done.occasion_id)]
    if done.state != "open":
        key, buttons = "admin.stopped", []
    elif done.left == 0:
        key, buttons = "admin.done", []
    if done.kind != "announcement" and not buttons:
        key = "admin.ended"
    return home.notice(words(key, number=done.occasion_id, line=line), buttons, "announce")


def _stop_button(ask: Ask, number: int) -> Button:
    return nav(ask.words("admin.stop", number=number), "ax", number)


def _what(ask: Ask, done: Progress) -> str:
    if done.edition:
        return ask.words("admin.what_edition", edition=done.edition)
    if done.kind == "announcement":
        return ask.words("admin.what_announcement")
    return ask.words("admin.what_other", kind=done.kind)


async def _is_allowed(ask: Ask) -> bool:
    """Asked again at each press: a button may be forwarded, an admin dismissed."""
    if is_admin(ask):
        return True
    if ask.press is not None:
        await ask.toast(ask.words("access.admins_only"), alert=True)
    else:
        await ask.say("access.admins_only")
    return False


async def _kept(ask: Ask) -> str | None:
    """The text of the preview whose button was pressed; who presses too late is told."""
    if ask.press is None or not await _is_allowed(ask):
        return None
    async with ask.desk.database.read() as conn:
        body = await prompts.take(conn, ask.chat.id, ask.press.message_id)
    text = None if body is None else body.get("announce")
    if not isinstance(text, str):
        await ask.toast(ask.words("admin.lapsed"), alert=True)
        return None
    return text
