"""Being a guest: added to a group or channel, let in again, or kept from writing there."""

from __future__ import annotations

from dataclasses import replace

from bot import telemetry
from bot.chat.desk import Ask
from bot.chat.held import allowed, describe
from bot.clock import micros
from bot.delivery.transport import MaybeSent, Refused
from bot.newsroom.due import find_zone
from bot.render.buttons import nav
from bot.render.views import following, guests, home
from bot.store import chats, subscriptions
from bot.store.subscriptions import Subscription
from bot.text import words_for

PICKING = 300.0
"""Seconds in which a picker is used."""

log = telemetry.logger(__name__)


async def greet(ask: Ask, marks: frozenset[str]) -> None:
    """Answer to what became of the chat; a message that came with it is answered after that."""
    resting = await _resting(ask)
    if ask.event == "muted":
        await _tell_privately(ask, marks)
    elif resting and ask.chat.kind != "channel":
        lines = [" ".join(await _lines(ask, item)) for item in resting]
        private = ask.chat.kind == "private"
        await ask.anew().show(guests.offer(ask.words, lines, is_private=private))
    elif ask.event == "added" and ask.chat.kind == "channel":
        # Who has just used the picker sees the channel come of it.
        since = ask.desk.picking.get(ask.user_id)
        if since is None or ask.desk.clock.monotonic() - since > PICKING:
            await _tell_privately(ask, marks)
    elif ask.event == "added":
        await ask.show(guests.greeting(ask.pen(), await hints(ask)))


async def started(ask: Ask) -> None:
    """`/start` in a group. With a word behind it, it came with our being added: that is greeted."""
    if not ask.text and ask.chat.kind != "channel":
        await ask.show(guests.greeting(ask.pen(), await hints(ask)))


async def go_on(ask: Ask) -> None:
    """The subscriptions from before go on, in all topics of the group."""
    if not await allowed(ask):
        return
    async with ask.desk.database.write() as conn:
        now = micros(ask.desk.clock.now())
        count = await subscriptions.resume(conn, ask.chat.id, now=now)
    ask.desk.wake()
    said = ask.words("pause.over" if count else "pause.none")
    await ask.show(home.notice(said, (nav(ask.words("button.mine"), "subs"),), "back"))


async def stop_all(ask: Ask) -> None:
    """They end, in all topics of the group."""
    if not await allowed(ask):
        return
    async with ask.desk.database.write() as conn:
        await subscriptions.end_all(conn, ask.chat.id, micros(ask.desk.clock.now()))
    await ask.show(home.notice(ask.words("subscribe.all_ended"), place="back"))


async def hints(ask: Ask) -> list[str]:
    """What stands in our way in this group, for its admins; nothing where all is well."""
    words, told = ask.words, list[str]()
    ours = ask.desk.bot_name
    try:
        chat = await ask.desk.post.call("getChat", {"chat_id": ask.chat.tg_id})
    except (Refused, MaybeSent):
        return told
    admins = await ask.desk.standing.admins(ask.chat.tg_id)
    if ask.desk.bot_id in admins:
        return told
    if not ask.desk.hears_all:
        told.append(words("group.hint_privacy", bot=ours))
    if delay := chat.get("slow_mode_delay"):
        told.append(words("group.hint_slow", seconds=delay))
    return told


async def _tell_privately(ask: Ask, marks: frozenset[str]) -> None:
    """Tell whoever let us into a channel, or took our voice; only those who know us can be told."""
    async with ask.desk.database.read() as conn:
        person = await chats.find(conn, ask.user_id)
    if person is None or person.state != "active":
        return
    there = replace(ask, chat=person, words=words_for(person.language), event="")
    title = ask.chat.title
    if ask.event == "muted":
        key = "channel.mute" if ask.chat.kind == "channel" else "group.mute"
        view = home.notice(there.words(key, title=title))
        if ask.chat.kind == "channel":
            view = guests.not_there(there.words, ask.desk.bot_name, there.words(key, title=title))
    else:
        known = await _resting(ask)
        if known:
            lines = [" ".join(await _lines(there.manage(ask.chat, marks), item)) for item in known]
            view = guests.offer(there.words, lines, is_private=False)
        else:
            buttons = (
                nav(there.words("button.subscribe"), "sub"),
                nav(there.words("button.settings"), "set"),
            )
            view = home.notice(there.words("channel.added"), buttons)
        there = there.manage(ask.chat, marks)
    try:
        await there.show(view)
    except Refused as refused:
        log.info("Who added the bot cannot be told.", action="adder away", why=str(refused))


async def _resting(ask: Ask) -> list[Subscription]:
    """Those that rest until somebody says so."""
    async with ask.desk.database.read() as conn:
        items = await subscriptions.list_for(conn, ask.chat.id)
    return [
        item
        for item in items
        if item.state == "paused"
        and item.paused_until is None
        and item.edition in ask.library.editions
        and (item.zone is None or find_zone(item.zone) is not None)
    ]


async def _lines(ask: Ask, item: Subscription) -> list[str]:
    return following.describe(ask.words, ask.library, await describe(ask, item))[:2]
