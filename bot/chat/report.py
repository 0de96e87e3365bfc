"""`/report` and the button "Report an error": told to the admins at once, and answered by them."""

from __future__ import annotations

from collections.abc import Mapping

from bot import telemetry
from bot.chat.desk import Ask
from bot.chat.rights import is_admin
from bot.clock import micros
from bot.delivery.transport import CallFailed
from bot.newsroom.note import owe_note
from bot.render.buttons import markup
from bot.render.split import split
from bot.render.views import home
from bot.render.views import reports as views
from bot.render.views.reports import Said
from bot.store import chats, prompts, receipts, reports
from bot.store.reports import Report
from bot.text import clean, words_for

log = telemetry.logger(__name__)

LONGEST = 1000
"""Characters of a report, and of an editor's words on it."""
MOST_OPEN = 10
"""Reports of one chat that wait for the editors."""
LISTED = 6


async def report(ask: Ask) -> None:
    """`/report WORDS`; in reply to a message of ours it is about that. Without words they are
    asked for."""
    place, revision = "", ask.desk.publisher.number
    if ask.reply_to:
        async with ask.desk.database.read() as conn:
            held = await receipts.at(conn, ask.place.id, ask.reply_to)
        if held is not None:
            place, revision = _place_of(ask, held[0]), held[1]
    if ask.text and ask.press is None:
        await _take(ask, {"report": place, "revision": revision}, ask.text)
    else:
        await _prompt(ask, place, revision)


async def pressed(ask: Ask, verb: str = "", key: str = "") -> None:
    """The button: about the screen that it stands under."""
    place = f"{verb}:{key}" if key else verb
    await ask.toast()
    await _prompt(ask, place, ask.desk.publisher.number, ask.press.shown if ask.press else "")


async def answered(ask: Ask, body: Mapping[str, object]) -> bool:
    """A reply to our question, or an editor's reply to a report; False if it is neither."""
    if isinstance(body.get("report"), str):
        if not ask.text:
            await ask.say("report.words_only")
        elif await _take(ask, body, ask.text):
            async with ask.desk.database.write() as conn:
                await prompts.close(conn, ask.place.id, ask.reply_to)
        return True
    number = body.get("outcome")
    if not isinstance(number, int):
        return False
    if ask.text and await _may_judge(ask):
        said = clean(ask.text, LONGEST)
        await _close(ask, str(number), ask.words("report.words", words=said))
    return True


# --- for admins -----------------------------------------------------------------------------


async def open_ones(ask: Ask) -> None:
    """The button Reports under /admin."""
    if not await _may_judge(ask):
        return
    async with ask.desk.database.read() as conn:
        found = await reports.pending(conn, LISTED)
    said = [_said(one) for one in found]
    await ask.show(views.open_ones(ask.words, ask.library, said))


async def open_one(ask: Ask, number: str) -> None:
    """One report in full."""
    if not await _may_judge(ask):
        return
    found = None
    if _is_number(number):
        async with ask.desk.database.read() as conn:
            found = await reports.get(conn, int(number))
    if found is None or found.state != "open":
        await ask.toast(ask.words("report.closed"), alert=True)
        return
    shown = await ask.anew().show(views.for_admins(ask.words, ask.library, _said(found)))
    async with ask.desk.database.write() as conn:
        now = micros(ask.desk.clock.now())
        await prompts.ask(conn, ask.place.id, shown, {"outcome": found.id}, now)


async def mended(ask: Ask, number: str) -> None:
    """It was an error, and is put right."""
    if await _may_judge(ask):
        await _close(ask, number, "mended")


async def no_error(ask: Ask, number: str) -> None:
    """The editors looked, and it stands."""
    if await _may_judge(ask):
        await _close(ask, number, "no_error")


# --- how ------------------------------------------------------------------------------------


async def _prompt(ask: Ask, place: str, revision: int, shown: str = "") -> None:
    title = views.title_of(ask.words, ask.library, place)
    question = ask.words("report.ask", title=title) if place else ask.words("report.ask_what")
    asked = await ask.anew().prompt(question, ask.words("report.hint"))
    body = {"report": place, "revision": revision, "shown": shown[: views.BRIEF]}
    async with ask.desk.database.write() as conn:
        await prompts.ask(conn, ask.place.id, asked, body, micros(ask.desk.clock.now()))


async def _take(ask: Ask, body: Mapping[str, object], text: str) -> bool:
    """Keep a report, and tell the admins; False (and the reader told) where too many wait."""
    revision = body.get("revision")
    async with ask.desk.database.write() as conn:
        waiting = await reports.waiting(conn, ask.chat.id)
        if waiting < MOST_OPEN:
            made = await reports.add(
                conn,
                chat_id=ask.chat.id,
                thread_id=ask.thread_id,
                place=str(body.get("report", "")),
                revision=revision if isinstance(revision, int) else 0,
                text=clean(text, LONGEST),
                shown=str(body.get("shown", "")),
                now=micros(ask.desk.clock.now()),
            )
    if waiting >= MOST_OPEN:
        await ask.say("report.too_many", limit=MOST_OPEN)
        return False
    await ask.say("report.thanks")
    ask.desk.errands.start(_tell_admins(ask, made), f"report {made.id}")
    return True


async def _tell_admins(ask: Ask, made: Report) -> None:
    """Each in their own chat; who cannot be told finds it under /admin."""
    desk = ask.desk
    for admin in sorted(desk.admins):
        async with desk.database.read() as conn:
            chat = await chats.find(conn, admin)
        words = words_for(chat.language if chat else None)
        message = split(views.for_admins(words, ask.library, _said(made)))[0]
        params: dict[str, object] = {
            "chat_id": admin,
            "text": message.html,
            "parse_mode": "HTML",
            "reply_markup": markup(message.buttons),
        }
        try:
            sent = await desk.post.answer(admin, params, plain=message.plain)
        except CallFailed as failure:
            log.warning(
                "An admin could not be told of a report.",
                action="admin away",
                admin=admin,
                why=str(failure),
            )
            continue
        if chat is not None:
            async with desk.database.write() as conn:
                now = micros(desk.clock.now())
                number = int(sent["message_id"])
                await prompts.ask(conn, chat.id, number, {"outcome": made.id}, now)


async def _close(ask: Ask, number: str, outcome: str) -> None:
    """Close it once, and owe the outcome to whoever reported it."""
    desk, now = ask.desk, micros(ask.desk.clock.now())
    done = None
    if _is_number(number):
        async with desk.database.write() as conn:
            done = await reports.close(conn, int(number), outcome, now)
            reader = await chats.get(conn, done.chat_id) if done else None
            if done is not None and reader is not None:
                words = words_for(reader.language)
                said = words(f"report.{outcome}") if outcome in VERDICTS else outcome
                view = views.outcome(words, ask.library, done.place, said)
                await owe_note(
                    conn, desk.office, reader, view, f"report:{done.id}", thread_id=done.thread_id
                )
    if done is None:
        if ask.press is not None:
            await ask.toast(ask.words("report.closed"), alert=True)
        else:
            await ask.say("report.closed")
        return
    desk.office.on_owed()
    title = views.title_of(ask.words, ask.library, done.place)
    said = ask.words(f"report.{outcome}") if outcome in VERDICTS else outcome
    line = ask.words("report.done", number=done.id, title=title, outcome=said)
    await ask.show(home.notice(line, place="report"))


VERDICTS = frozenset({"mended", "no_error"})


async def _may_judge(ask: Ask) -> bool:
    """The desk's admins in private, and whoever is in a group of theirs."""
    if is_admin(ask) or ask.place.tg_id in ask.desk.admins:
        return True
    if ask.press is not None:
        await ask.toast(ask.words("access.admins_only"), alert=True)
    return False


def _place_of(ask: Ask, place: str) -> str:
    """The button that leads to a receipt's place."""
    key = place.removesuffix(".compare")
    library = ask.library
    known = (("f", library.figures), ("s", library.sections), ("d", library.dossiers))
    return next((f"{verb}:{key}" for verb, items in known if key in items), "")


def _said(one: Report) -> Said:
    return Said(one.id, one.place, one.revision, one.text, one.shown)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
