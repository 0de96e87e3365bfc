"""How fast a question is answered: our bot against a bare echo by python-telegram-bot.

Both poll the same pretend Telegram, which runs in a process of its own; each question comes from
another chat. Ours keeps every update on disk before it answers and writes a receipt after.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot import telemetry
from bot.app import running
from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.state import SANDBOX_BOT

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = 1000
ROUNDS = 3


@contextmanager
def town() -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).with_name("town.py")), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@asynccontextmanager
async def echo(url: str) -> AsyncIterator[None]:
    """A bot of a few lines, as its library's first example has it."""

    async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text("The Middle Corridor carried 4.5 million tons in 2024.")

    builder = Application.builder().token(SANDBOX_BOT).base_url(f"{url}/bot").job_queue(None)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


@asynccontextmanager
async def ours(url: str, state: Path) -> AsyncIterator[None]:
    names = {
        "BRIEFING_TOKEN": SANDBOX_BOT,
        "BRIEFING_API_URL": url,
        "BRIEFING_STATE": str(state),
        "BRIEFING_BRIEFINGS": str(ROOT / "briefings"),
        "BRIEFING_SEEDS": str(ROOT / "seeds"),
    }
    async with running(Settings.load(names, needs_token=True), SystemClock()):
        yield


async def answers_a_second(url: str) -> float:
    async with aiohttp.ClientSession(url) as session:
        await (await session.post("/bench/ask", params={"count": QUESTIONS})).read()
        began = time.monotonic()
        while time.monotonic() - began < 120:
            seen = await (await session.get("/bench/answered")).json()
            if seen["answers"] >= QUESTIONS:
                return QUESTIONS / (time.monotonic() - began)
            await asyncio.sleep(0.01)
    raise AssertionError(f"only {seen['answers']} of {QUESTIONS} were answered")


@pytest.mark.bench
@pytest.mark.filterwarnings("default")
async def test_a_lookup_against_a_bare_echo(tmp_path: Path) -> None:
    telemetry.setup("text", "error", ())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    figures: dict[str, list[float]] = {"echo": [], "ours": []}
    with town() as url:
        for number in range(ROUNDS):
            async with echo(url):
                figures["echo"].append(await answers_a_second(url))
            async with ours(url, tmp_path / str(number)):
                figures["ours"].append(await answers_a_second(url))
    echoed, answered = (sorted(figures[name])[ROUNDS // 2] for name in ("echo", "ours"))
    print(
        f"\nlookup, {QUESTIONS} chats, polling, SQLite, median of {ROUNDS}:"
        f"\n  bare echo by python-telegram-bot  {echoed:8.0f} answers/s"
        f"\n  /corridor by us, all kept on disk {answered:8.0f} answers/s"
        f"\n  ratio                             {answered / echoed:8.2f}"
    )
    assert answered > 0
