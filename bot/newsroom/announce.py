"""An announcement to every subscriber: one text, shown before it goes out, stopped at any time."""

from __future__ import annotations

from bot.newsroom.audience import GRACE, Audience, count_audience, owe_all
from bot.newsroom.office import Office, Refusal, Told, say_nothing
from bot.newsroom.send import count_lines, micros_of
from bot.render.buttons import markup
from bot.render.message import Block, Heading, Message, Para, Text, View
from bot.render.split import split
from bot.store import audience, bulletins, occasions
from bot.store.bulletins import Part, Variant
from bot.store.occasions import Occasion
from bot.text import Words

LONGEST = 8000
"""Characters of an announcement; two messages."""
PLACE = "announcement"
EVERYBODY = Variant("en", "full")


def write_text(text: str, words: Words) -> View:
    """The announcement as a screen: an empty line parts paragraphs, `# ` begins a heading,
    `- ` a point. Raises Refusal where it is empty or too long."""
    text = text.strip()
    if not text:
        raise Refusal(words("operate.empty_text"))
    if len(text) > LONGEST:
        raise Refusal(words("operate.long_text", number=words.number(LONGEST)))
    blocks: list[Block] = []
    is_new = True
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            is_new = True
        elif line.startswith("# "):
            blocks.append(Heading((Text(line[2:].strip()),)))
            is_new = True
        elif line.startswith("- "):
            blocks.append(Para((Text(line[2:].strip()),), bullet=True, tight=not is_new))
            is_new = False
        else:
            blocks.append(Para((Text(line),), tight=not is_new))
            is_new = False
    return View(tuple(blocks), place=PLACE)


def preview(text: str, words: Words) -> tuple[Message, ...]:
    """The messages that readers would get. Raises as `write_text`."""
    return split(write_text(text, words))


def report(found: Audience, words: Words, rate: float) -> str:
    """To how many it would go, and how long it takes."""
    return "\n".join((words("operate.announce"), *count_lines(found, words, rate)))


async def open_announcement(office: Office, text: str, key: str) -> Occasion:
    """The occasion with its text, that nobody is owed yet; `key` names the wish, so that a second
    press is one. `owe_all` follows, or `resume` after a crash.

    Raises as `write_text`, and Refusal where there is nobody to tell.
    """
    words = office.words("en")
    messages = preview(text, words)
    found = await count_audience(office)
    if not found.reached:
        raise Refusal(words("operate.nobody_at_all"))
    now = office.now
    async with office.database.write() as conn:
        known = await occasions.named(conn, f"announcement:{key}")
        if known is not None:
            return known
        occasion = await occasions.ensure(
            conn,
            kind="announcement",
            key=f"announcement:{key}",
            due_at=now,
            expires_at=found.last_at + micros_of(GRACE),
            now=now,
        )
        bulletin = await bulletins.ensure(conn, occasion.id, EVERYBODY)
        parts = [
            Part(item.html, item.plain, markup(item.buttons), item.carries) for item in messages
        ]
        await bulletins.finish(conn, bulletin.id, parts, revision=office.publisher.number)
        await audience.note(conn, occasion.id, 0)
    return occasion


async def announce(office: Office, text: str, key: str, tell: Told = say_nothing) -> Occasion:
    """Owe the text to every subscriber. Who is in their quiet hours gets it after them.

    Raises as `open_announcement`.
    """
    occasion = await open_announcement(office, text, key)
    await owe_all(office, occasion, tell=tell)
    return occasion
