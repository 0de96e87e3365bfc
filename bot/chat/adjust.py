"""Buttons under a subscription: its hour, days, topics and length; one now; stop."""

from __future__ import annotations

from bot.chat.desk import Ask
from bot.chat.held import allowed, describe, known_here, lapsed, mine, moved, write
from bot.clock import micros
from bot.render.buttons import nav
from bot.render.message import Button
from bot.render.views import following, home
from bot.store import subscriptions
from bot.store.chats import Length
from bot.store.subscriptions import Subscription


async def listing(ask: Ask) -> None:
    items = [await describe(ask, item) for item in await known_here(ask)]
    await ask.show(following.listing(ask.words, ask.library, items))


async def view(ask: Ask, number: str) -> None:
    item = await mine(ask, number, fresh=False)
    if item is not None:
        shown = await describe(ask, item)
        await ask.show(following.subscription(ask.words, ask.library, shown))


async def pick_hour(ask: Ask, number: str) -> None:
    item = await mine(ask, number, fresh=False)
    if item is not None:
        await ask.show(following.hours(ask.words, await describe(ask, item)))


async def pick_days(ask: Ask, number: str) -> None:
    item = await mine(ask, number, fresh=False)
    if item is not None:
        await ask.show(following.days(ask.words, await describe(ask, item)))


async def pick_topics(ask: Ask, number: str) -> None:
    item = await mine(ask, number, fresh=False)
    if item is not None:
        await ask.show(following.topics(ask.words, ask.library, await describe(ask, item)))


async def set_minute(ask: Ask, number: str, minute: str) -> None:
    item = await mine(ask, number)
    if item is None:
        return
    if item.minute is None or not _within(minute, 1439):
        await lapsed(ask)
        return
    made = await _change(ask, item, minute=int(minute))
    if made is None:
        return
    news, keep = "", None
    if item.minute != made.minute:
        news = moved(ask, item, int(minute))
        hour = ask.words.clock(item.minute)
        keep = nav(ask.words("button.keep_both", hour=hour), "sk", made.id, item.minute)
    shown = await describe(ask, made)
    await ask.show(following.subscription(ask.words, ask.library, shown, news, keep))


async def keep_both(ask: Ask, number: str, minute: str) -> None:
    """The hour that was moved away from, as a subscription of its own again."""
    item = await mine(ask, number)
    if item is None:
        return
    if item.minute is None or not _within(minute, 1439):
        await lapsed(ask)
        return
    edition = ask.library.editions[item.edition]
    made = await write(
        ask, edition, item.topics, int(minute), item.days, item.zone, length=item.length
    )
    if made is not None:
        await listing(ask)


async def set_days(ask: Ask, number: str, bits: str) -> None:
    item = await mine(ask, number)
    if item is None:
        return
    if item.minute is None or not _within(bits, 127) or int(bits) == 0:
        await lapsed(ask)
        return
    made = await _change(ask, item, days=int(bits))
    if made is not None:
        await ask.show(following.days(ask.words, await describe(ask, made)))


async def switch_topic(ask: Ask, number: str, name: str) -> None:
    """Switch one topic; with none left, or with `*`, all."""
    item = await mine(ask, number)
    if item is None:
        return
    every = tuple(ask.library.dossiers)
    if name == "*":
        chosen: tuple[str, ...] = ()
    elif name not in every:
        await lapsed(ask)
        return
    else:
        now = set(item.topics or every) ^ {name}
        chosen = tuple(sorted(now)) if now and len(now) < len(every) else ()
    made = await _change(ask, item, topics=chosen)
    if made is not None:
        await ask.show(following.topics(ask.words, ask.library, await describe(ask, made)))


async def set_length(ask: Ask, number: str, kind: str) -> None:
    item = await mine(ask, number)
    if item is None:
        return
    if kind not in ("short", "full"):
        await lapsed(ask)
        return
    made = await _change(ask, item, length="short" if kind == "short" else "full")
    if made is not None:
        await ask.show(following.topics(ask.words, ask.library, await describe(ask, made)))


async def send_now(ask: Ask, number: str) -> None:
    """One now, as an occasion of its own; a second press of the same button is the same wish."""
    item = await mine(ask, number)
    if item is None or ask.press is None:
        return
    made = await ask.desk.manual.send_now(
        ask.chat,
        item.edition,
        key=f"{ask.chat.id}:{ask.press.message_id}:{item.id}:{item.version}",
        thread_id=item.thread_id,
        topics=item.topics,
        length=item.length,
    )
    await ask.toast(ask.words("subscribe.sent" if made else "subscribe.already"))


async def stop(ask: Ask, number: str) -> None:
    item = await mine(ask, number)
    if item is not None:
        await end(ask, item)


async def stop_all(ask: Ask) -> None:
    if not await allowed(ask):
        return
    async with ask.desk.database.write() as conn:
        now = micros(ask.desk.clock.now())
        await subscriptions.end_all(conn, ask.chat.id, now, ask.thread_id)
    await ask.show(home.notice(ask.words("subscribe.all_ended"), (_again(ask),)))


async def end(ask: Ask, item: Subscription) -> None:
    async with ask.desk.database.write() as conn:
        await subscriptions.end(conn, item.id, micros(ask.desk.clock.now()))
    edition = ask.library.editions.get(item.edition)
    hour = (
        ask.words("subscribe.at", hour=ask.words.clock(item.minute))
        if item.minute is not None
        else ""
    )
    said = ask.words("subscribe.ended", title=edition.title if edition else item.edition, hour=hour)
    await ask.show(home.notice(said, (_again(ask), nav(ask.words("button.mine"), "subs"))))


def _again(ask: Ask) -> Button:
    return nav(ask.words("button.start_again"), "sub")


async def _change(
    ask: Ask,
    item: Subscription,
    *,
    minute: int | None = None,
    days: int | None = None,
    topics: tuple[str, ...] | None = None,
    length: Length | None = None,
) -> Subscription | None:
    return await write(
        ask,
        ask.library.editions[item.edition],
        item.topics if topics is None else topics,
        item.minute if minute is None else minute,
        item.days if days is None else days,
        item.zone,
        length=length or item.length,
        change=item.id,
        keeps_rest=True,
    )


def _within(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= most
