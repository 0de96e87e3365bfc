"""The coming edition, shown to the editors a quarter of an hour before its first reader has it.

They need not do anything. They may hold it: then nothing of that date leaves, in any zone, until
it is let go; held past its limit it is too late, as if the bot had been down.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot import telemetry
from bot.clock import micros, moment
from bot.newsroom.carry import carry_out
from bot.newsroom.due import Slot
from bot.newsroom.office import Office, Refusal
from bot.newsroom.rounds import Rounds
from bot.render.buttons import markup, nav
from bot.render.split import split
from bot.render.views import home
from bot.store import bulletins, chats, cohorts, deliveries, holds, occasions, subscriptions
from bot.store.bulletins import Bulletin, Part, Variant
from bot.store.chats import Chat
from bot.store.cohorts import Cohort
from bot.store.database import Connection
from bot.store.occasions import Occasion, State
from bot.text import Words, spoken

log = telemetry.logger(__name__)

AHEAD = timedelta(minutes=15)
READY = frozenset({"ready", "empty"})


@dataclass(frozen=True, slots=True)
class Word:
    """What an editor said of an edition of a date: open (it goes), held or stopped."""

    occasion_id: int
    edition: str
    title: str
    day: date
    state: State


class Herald:
    """Shows what is coming to `editors`, who are chats by their Telegram ids; each date once."""

    def __init__(self, office: Office, rounds: Rounds, editors: Collection[int]) -> None:
        self._office = office
        self._rounds = rounds
        self._editors = editors
        self._seen: set[tuple[str, date]] = set()

    async def look(self) -> int:
        """Show what comes within a quarter of an hour; returns how many editions that was."""
        now = self._office.clock.now()
        async with self._office.database.read() as conn:
            found = await cohorts.due(conn, micros(now + AHEAD), limit=10_000)
        shown, coming = 0, set()
        for cohort in found:
            if cohort.next_at is None or cohort.next_date is None:
                continue
            key = cohort.edition, cohort.next_date
            coming.add(key)
            if key not in self._seen and moment(cohort.next_at) > now:
                done = await self._show(cohort, Slot(cohort.next_date, moment(cohort.next_at)))
                if done is not None:
                    self._seen.add(key)
                    shown += done
        self._seen &= coming
        return shown

    async def _show(self, cohort: Cohort, slot: Slot) -> bool | None:
        """Whether it was shown by this; None where nobody wants this slot, or it is not built."""
        office = self._office
        edition = office.publisher.current.library.editions.get(cohort.edition)
        if edition is None:
            return None
        opened = await self._rounds.open_slot(cohort, edition, slot)
        if opened is None:
            return None
        occasion = opened[0]
        await office.builder.build_all(occasion)
        async with office.database.write() as conn:
            built = [one for one in await bulletins.of(conn, occasion.id) if one.state in READY]
            if not built:
                return None
            key = holds.word_key(cohort.edition, slot.day)
            if await occasions.named(conn, key) is not None:
                return False
            word = await occasions.ensure(
                conn,
                kind="manual",
                key=key,
                edition=cohort.edition,
                local_date=slot.day,
                due_at=occasion.due_at,
                expires_at=occasion.expires_at,
                now=office.now,
            )
            said = _word(word, edition.title)
            readers = (await subscriptions.counts(conn)).get(cohort.edition, 0)
            for chat in [await chats.find(conn, editor) for editor in self._editors]:
                if chat is not None and chat.state == "active":
                    words = office.words(chat.language)
                    lines = tell_coming(said, words, cohort, slot, readers)
                    await self._owe(conn, word, chat, built, lines)
        office.on_owed()
        return True

    async def _owe(
        self, conn: Connection, word: Occasion, chat: Chat, built: Sequence[Bulletin], lines: Part
    ) -> None:
        """The brief as its readers will have it, and under it what can be done about it."""
        note = await occasions.ensure(
            conn,
            kind="manual",
            key=f"coming:{word.id}:{chat.id}",
            due_at=self._office.now,
            expires_at=word.expires_at,
            now=self._office.now,
        )
        parts = await bulletins.parts(conn, _nearest(built, spoken(chat.language)).id)
        bare = [Part(part.html, part.plain, None, part.carries) for part in parts]
        made = await bulletins.ensure(conn, note.id, Variant(spoken(chat.language), "full"))
        await bulletins.finish(
            conn, made.id, [*bare, lines], revision=self._office.publisher.number
        )
        await deliveries.owe(
            conn,
            occasion_id=note.id,
            chat_id=chat.id,
            bulletin_id=made.id,
            not_before=self._office.now,
            expires_at=word.expires_at,
            now=self._office.now,
        )


def tell_coming(said: Word, words: Words, cohort: Cohort, slot: Slot, readers: int) -> Part:
    """The message with the button Hold."""
    line = words(
        "coming.shown",
        title=said.title,
        day=words.day(said.day, year=False, weekday=True),
        hour=words.clock(cohort.minute),
        zone=cohort.zone,
        number=words.number(readers),
    )
    view = home.notice(line, (nav(words("coming.hold"), "ah", said.occasion_id),), "coming")
    [message] = split(view)
    return Part(message.html, message.plain, markup(message.buttons))


async def find_word(office: Office, occasion_id: int) -> Word:
    """The word of that number. Raises Refusal where there is none, or its edition is gone."""
    async with office.database.read() as conn:
        found = await occasions.get(conn, occasion_id)
    editions = office.publisher.current.library.editions
    if found is None or found.local_date is None or found.edition not in editions:
        raise Refusal(office.words("en")("coming.gone"))
    if found.key != holds.word_key(found.edition, found.local_date):
        raise Refusal(office.words("en")("coming.gone"))
    return _word(found, editions[found.edition].title)


async def say_word(office: Office, occasion_id: int, state: State) -> Word:
    """Hold, let go (`open`) or stop all of one date; what is on the wire arrives.

    Raises as `find_word`. What was stopped stays so, whatever is said later.
    """
    await find_word(office, occasion_id)
    async with office.database.write() as conn:
        word = await occasions.get(conn, occasion_id)
        if word is not None and await holds.say(conn, word, state):
            log.warning("An editor's word.", action="hold", occasion=word.key, state=state)
        said = None if word is None else await occasions.get(conn, word.id)
    if said is not None:
        await carry_out(office, said)
    return await find_word(office, occasion_id)


def _word(found: Occasion, title: str) -> Word:
    day = found.local_date or moment(found.due_at).date()
    return Word(found.id, found.edition, title, day, found.state)


def _nearest(built: Sequence[Bulletin], language: str) -> Bulletin:
    """The bulletin that most readers have, in the editor's language where there is one."""

    def order(one: Bulletin) -> tuple[bool, bool, bool, bool]:
        variant = one.variant
        return (
            variant.language != language,
            bool(variant.since),
            bool(variant.topics),
            variant.length != "full",
        )

    return min(built, key=order)
