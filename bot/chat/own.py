"""What is the reader's own: `/about`, `/privacy`, `/mydata` and `/forget`."""

from __future__ import annotations

import json

from bot import __version__
from bot.chat.desk import Ask
from bot.chat.rights import in_charge
from bot.clock import moment
from bot.newsroom.schedule import KEEP
from bot.render.views import home
from bot.render.views import own as views
from bot.store import chats, inbox, kept, prompts, revisions

FILE = "briefing-data.json"
DAY = 24 * 3600 * 1_000_000


async def about(ask: Ask) -> None:
    number = ask.desk.publisher.number
    async with ask.desk.database.read() as conn:
        at = await revisions.accepted_at(conn, number)
    since = None if at is None else moment(at)
    state = views.State(
        version=__version__,
        revision=number,
        since=since,
        since_says="" if since is None else ask.words.moment(since, ask.zone),
    )
    await ask.show(views.about(ask.pen(), state))


async def privacy(ask: Ask) -> None:
    """What the store keeps, by the spans that it is swept by."""
    days = {
        "updates": inbox.KEPT // DAY,
        "asked": prompts.KEPT // DAY,
        "owed": KEEP.days,
    }
    await ask.show(views.privacy(ask.words, days))


async def my_data(ask: Ask) -> None:
    """All that is kept about the chat, as a JSON file."""
    if not await _allowed(ask):
        return
    await ask.desk.clerk.idle()
    async with ask.desk.database.read() as conn:
        found = await kept.everything(conn, ask.chat)
    body = {"chat": ask.chat.tg_id, "made": ask.desk.clock.now().isoformat(), **found}
    text = json.dumps(body, ensure_ascii=False, indent=2)
    await ask.toast()
    await ask.anew().send_file(FILE, text.encode("utf-8"), ask.words("mydata.caption"))


async def forget(ask: Ask) -> None:
    """Asks once; nothing is erased yet."""
    if await _allowed(ask):
        await ask.show(views.forget(ask.words, is_private=ask.chat.kind == "private"))


async def forget_all(ask: Ask) -> None:
    """The confirmation: all rows about the chat go, and what is owed to it ends with them."""
    if ask.press is None or not await _allowed(ask):
        return
    # What was shown a moment ago is on its way to the disk: it must be there to be erased.
    await ask.desk.clerk.idle()
    async with ask.desk.database.write() as conn:
        await chats.forget(conn, ask.chat.id)
    await ask.show(home.notice(ask.words("forget.done"), place="forget"))


async def keep(ask: Ask) -> None:
    """The button that keeps everything as it is."""
    await ask.show(home.notice(ask.words("forget.kept"), place="forget"))


async def _allowed(ask: Ask) -> bool:
    """In a group its admins only, even where settings are open to all."""
    if await in_charge(ask):
        return True
    if ask.press is not None:
        await ask.toast(ask.words("unknown.not_yours"), alert=True)
    else:
        await ask.say("mydata.admins_only")
    return False
