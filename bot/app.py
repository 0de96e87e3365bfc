"""Builds everything once, starts it in order and stops it in order. Read from top to bottom."""

from __future__ import annotations

import asyncio
import hashlib
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot import operations, telemetry
from bot.chat import routes
from bot.chat.bell import Bell
from bot.chat.cities import Cities
from bot.chat.clerk import Clerk
from bot.chat.desk import Desk
from bot.chat.door import Door
from bot.chat.errands import Errands, part
from bot.chat.hindrance import hindered
from bot.chat.hook import Hook, take_off
from bot.chat.inbox import Intake
from bot.chat.menu import hang_menus
from bot.chat.standing import Standing
from bot.clock import Clock, micros, moment
from bot.config import Listen, Settings
from bot.control import Control, Perform
from bot.delivery.flight import Flight
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import Carrier, HttpCarrier, PtbRequest, Wire
from bot.delivery.witness import Witness
from bot.delivery.worker import Settings as Sending
from bot.delivery.worker import Worker
from bot.errors import ConfigError, TelegramAway
from bot.newsroom.audience import resume
from bot.newsroom.build import Builder
from bot.newsroom.carry import resume_words
from bot.newsroom.coming import Herald
from bot.newsroom.compose import Composer
from bot.newsroom.doubts import repeat_doubts
from bot.newsroom.forecast import Forecaster
from bot.newsroom.guard import ClockGuard, count_seconds
from bot.newsroom.manual import Manual
from bot.newsroom.office import Office
from bot.newsroom.publish import Publisher
from bot.newsroom.rounds import Rounds
from bot.newsroom.schedule import Schedule
from bot.newsroom.watchman import Watchman
from bot.store import alive, chats, cohorts
from bot.store.alive import Restored
from bot.store.database import Database, claim_bot
from bot.store.deliveries import Claimed
from bot.text import load_words, words_for
from bot.web import Health, Web

log = telemetry.logger(__name__)

DEAF = 120.0
"""Seconds without a good poll after which the bot is not ready."""


@dataclass(frozen=True, slots=True)
class App:
    """The running bot: its parts, as a test or the demo needs them."""

    bot_id: int
    bot_name: str
    clock: Clock
    database: Database
    publisher: Publisher
    builder: Builder
    rounds: Rounds
    schedule: Schedule
    worker: Worker
    intake: Intake
    desk: Desk

    async def next_due(self) -> datetime | None:
        """When something is owed next; None where nobody subscribes."""
        async with self.database.read() as conn:
            earliest = await cohorts.awaited(conn)
        return None if earliest is None else moment(earliest)


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    carrier: Carrier | None = None,
    seconds: Callable[[], float] = count_seconds,
    witness: Witness | None = None,
) -> AsyncIterator[App]:
    """The bot, from its first poll to its last.

    `carrier` replaces the network, `seconds` the machine's own count that the clock is held
    against, `witness` what the carrier hears of Telegram's. Raises ConfigError, TelegramAway,
    StoreError, ContentError.
    """
    witness = witness or Witness()
    # The pinned time zones, not those of the machine: two machines must agree.
    zoneinfo.reset_tzpath(to=())
    async with AsyncExitStack() as stack:
        database = await Database.open(settings.database, state=settings.state)
        stack.push_async_callback(database.close)
        carrier = carrier or HttpCarrier(
            settings.api_url, settings.bot_token, clock=clock, witness=witness
        )
        wire = Wire(carrier)
        stack.push_async_callback(wire.close)
        bot = await _introduce(settings, carrier)
        async with database.write() as conn:
            await claim_bot(conn, bot.id)
        restored = await alive.notice(database, settings.state)

        post = Post(wire, Pacer(clock, settings.global_rate), clock, moved=_mover(database, clock))
        bell = Bell(post, settings.admins)
        guard = ClockGuard(clock, seconds, witness)
        app = _build(settings, clock, database, wire, post, bot, guard, bell, restored)
        await app.publisher.accept()
        await app.rounds.renew_zones(version("tzdata"))
        await hang_menus(app.desk)

        async def renew(_: object) -> None:
            await app.builder.renew()
            await hang_menus(app.desk)
            app.desk.errands.start(app.desk.prepare(app.intake), "index")
            app.schedule.wake()

        app.publisher.on_accept.append(renew)
        await _start(app, settings, bell, stack)
        if restored.known:
            app.desk.errands.start(bell.ring(restored.tell(load_words())), "restored")
        log.info("The bot is up.", action="up", bot=bot.username, revision=app.publisher.number)
        yield app
        log.info("The bot goes down.", action="down")


def _build(
    settings: Settings,
    clock: Clock,
    database: Database,
    wire: Wire,
    post: Post,
    bot: Bot,
    guard: ClockGuard,
    bell: Bell,
    restored: Restored,
) -> App:
    """All parts, each knowing those before it; nothing runs yet."""
    publisher = Publisher(
        database,
        clock,
        briefings=settings.briefings,
        seeds=settings.seeds,
        words=load_words(),
        tell_admins=bell.ring,
    )
    composer = Composer(bot=bot.username)
    builder = Builder(database, clock, publisher, composer, bell.ring)
    sending = Sending(
        rate=settings.global_rate,
        bucket=_bucket(settings),
        paid=settings.paid_broadcast,
        doubtful=restored.until,
    )
    flight = Flight(settings.state / "flight")

    async def told(row: Claimed, reason: str) -> None:
        await hindered(desk, row, reason)

    # On PostgreSQL its own clock tells when a delivery may go.
    ours = database.engine_name == "sqlite"
    worker = Worker(
        database,
        post,
        clock,
        sending,
        flight=flight,
        tell=bell.ring,
        hindered=told,
        trusts=guard.is_right if ours else lambda: True,
    )
    rounds = Rounds(
        database,
        clock,
        publisher,
        builder,
        words=words_for,
        tell_admins=bell.ring,
        guard=guard,
        on_owed=worker.wake,
        rate=settings.global_rate,
    )
    watchman = Watchman(database, clock, words_for, bell.ring)
    schedule = Schedule(
        database, clock, rounds, state=settings.state, watchman=watchman, trusts=guard.is_right
    )
    office = Office(
        database,
        clock,
        publisher,
        builder,
        words_for,
        settings.global_rate,
        on_owed=worker.wake,
        on_planned=schedule.wake,
    )
    schedule.also("repeat", 15.0, lambda: repeat_doubts(office))
    editors = [admin for admin in settings.admins if admin > 0]
    schedule.also("forecast", 1800.0, Forecaster(office, bell.ring).look)
    schedule.also("coming", 60.0, Herald(office, rounds, editors).look)
    desk = Desk(
        database=database,
        clock=clock,
        post=post,
        publisher=publisher,
        composer=composer,
        manual=Manual(database, clock, publisher, builder, on_owed=worker.wake),
        cities=Cities(),
        admins=frozenset(settings.admins),
        bot_name=bot.username,
        access=settings.access,
        wake=schedule.wake,
        clerk=Clerk(database),
        office=office,
        errands=Errands(),
        sending=lambda: worker.state,
        standing=Standing(post, clock),
        bot_id=bot.id,
        hears_all=bool(bot.can_read_all_group_messages),
    )
    return App(
        bot_id=bot.id,
        bot_name=bot.username,
        clock=clock,
        database=database,
        publisher=publisher,
        builder=builder,
        rounds=rounds,
        schedule=schedule,
        worker=worker,
        intake=Intake(wire, database, clock, Door(desk, bot), routes.answer, desk, bell.ring),
        desk=desk,
    )


async def _start(app: App, settings: Settings, bell: Bell, stack: AsyncExitStack) -> None:
    """Sending first, asking last; the end goes the other way round."""
    sender = part(app.worker.run(), "worker")
    stack.push_async_callback(_end, app.worker.stop, sender)
    await app.schedule.start()
    stack.push_async_callback(app.schedule.stop)
    watching = part(app.publisher.run(), "publisher")
    stack.push_async_callback(_watched, app.publisher, watching)
    hook = _hook(app, settings, bell)
    polling = part(app.intake.run(poll=hook is None), "intake")
    stack.push_async_callback(_end, app.intake.stop, polling)
    if settings.listen is not None:
        web = Web(_health(app, hook), hook)
        stack.push_async_callback(web.close)
        await _listen(web, settings.listen)
    if hook is None:
        await take_off(app.desk.post)
    else:
        await hook.set()
        stack.push_async_callback(_break_off, part(hook.watch(), "webhook"))
    stack.push_async_callback(app.desk.errands.stop)
    app.desk.errands.start(_resume(app.desk.office), "resume")
    app.desk.errands.start(app.desk.prepare(app.intake), "index")
    control = Control(settings.state, _performer(app))
    stack.push_async_callback(control.stop)
    try:
        await control.start()
    except OSError as error:
        log.error("Commands cannot reach the bot.", action="control", error=str(error.strerror))


async def _resume(office: Office) -> None:
    """A send or an announcement that a crash cut off while it was written down goes on."""
    await resume_words(office)
    owed = await resume(office)
    if owed:
        log.warning("A send that was cut off goes on.", action="resume", count=owed)


def _performer(app: App) -> Perform:
    """The command line's wishes; what only the running bot knows is added."""

    async def perform(
        name: str, given: operations.Fields, tell: operations.Tell
    ) -> operations.Fields:
        done = await operations.perform(app.desk.office, name, given, tell)
        if name == "look":
            done |= {"bot": app.bot_name, "sending": app.worker.state}
            done |= {"asked": app.intake.waiting, "dropped": app.intake.dropped}
        return done

    return perform


async def _end(stop: Callable[[], Awaitable[object]], task: asyncio.Task[None]) -> None:
    await stop()
    await task


async def _break_off(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _watched(publisher: Publisher, task: asyncio.Task[None]) -> None:
    publisher.stop()
    await task


async def _introduce(settings: Settings, carrier: Carrier) -> Bot:
    """Who we are, by Telegram's word. Raises ConfigError where it does not know the token, and
    TelegramAway where it does not answer.
    """
    bot = Bot(
        settings.bot_token,
        request=PtbRequest(carrier),
        get_updates_request=PtbRequest(carrier),
    )
    try:
        await bot.initialize()
    except InvalidToken as error:
        said = (
            f"BRIEFING_TOKEN is not accepted by {settings.api_url}. "
            "Ask @BotFather for the right one, and check BRIEFING_API_URL."
        )
        raise ConfigError((said,)) from error
    except TelegramError as error:
        said = (
            f"The Bot API server {settings.api_url} cannot be reached. "
            "Check the network and BRIEFING_API_URL, then start again."
        )
        raise TelegramAway(said) from error
    return bot


def _bucket(settings: Settings) -> str:
    """What all processes of one bot share their pace by: a hash, since it is written down."""
    return hashlib.sha256(settings.bot_token.encode()).hexdigest()[:32]


def _mover(database: Database, clock: Clock) -> Callable[[int, int], Awaitable[None]]:
    async def moved(old: int, new: int) -> None:
        async with database.write() as conn:
            await chats.migrate(conn, old, new, micros(clock.now()))

    return moved


async def _listen(web: Web, at: Listen) -> None:
    try:
        await web.start(at.host, at.port)
    except OSError as error:
        said = f"BRIEFING_LISTEN: {at} cannot be listened on ({error.strerror})."
        raise ConfigError((said,)) from error


def _hook(app: App, settings: Settings, bell: Bell) -> Hook | None:
    """By which updates are brought; None where they are fetched."""
    url, secret = settings.webhook_url, settings.webhook_secret
    if url is None:
        return None
    shown = secret.get_secret_value() if secret else ""
    keep, aside = app.intake.keep, app.intake.aside.put
    return Hook(app.desk.post, app.clock, keep, aside, load_words(), bell.ring, url, shown)


def _health(app: App, hook: Hook | None) -> Health:
    """Well is who sends, and who heard from Telegram of late."""

    async def health() -> dict[str, object]:
        polled = app.intake.polled_at
        since = None if polled is None else app.clock.monotonic() - polled
        fetches = since is not None and since < DEAF
        hears = fetches if hook is None else hook.state == "well"
        wrong = app.rounds.guard.is_denied
        return {
            "ready": hears and not wrong and app.worker.state in ("running", "waiting"),
            "clock": "wrong" if wrong else "right",
            "revision": app.publisher.number,
            "sending": app.worker.state,
            "seconds_since_poll": None if since is None else round(since, 1),
            "webhook": None if hook is None else hook.state,
            "asked": app.intake.waiting,
            "dropped": app.intake.dropped,
            "unreadable": app.intake.aside.count,
        }

    return health
