"""A newcomer's walk: the real demo as a process of its own, and its page in a browser."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from playwright.async_api import expect

from tests.page.walk import Newcomer, demo
from tests.page.window import PATIENCE, WIDE, chromium, overheard


async def _looks_around(ada: Newcomer) -> None:
    await ada.page.click("#start")
    await ada.reads("Every figure has its source", "Middle Corridor")
    await ada.says("/corridor")
    await ada.reads("Middle Corridor", "4.5 million tons", "15–18 days", "Could triple by 2030")
    count = await ada.page.locator(".messages > .said").count()
    await ada.presses("Sections")
    await ada.reads("Middle Corridor: sections")
    await ada.presses("Bottlenecks")
    await ada.reads("Middle Corridor: Bottlenecks", "The Caspian crossing")
    await ada.presses("‹‹ Middle Corridor")
    await ada.reads("4.5 million tons")
    await ada.presses("Sources")
    await ada.reads("Middle Corridor: sources", "SHA-256")
    await ada.presses("Read the facts")
    await ada.reads("Fact 2:", "Said by:")
    await ada.presses("Later fact ›")
    await ada.reads("Fact 17:")
    await ada.presses("‹‹ Middle Corridor")
    await ada.reads("15–18 days")
    # All of it in one message: a walk through the screens leaves no trail.
    await ada.gets(count)


async def _asks(ada: Newcomer) -> None:
    for question in ("how much freight on the middle corridor", "corridor volume"):
        await ada.says(question)
        await ada.reads("4.5 million tons", "From: Middle Corridor, Freight so far", "¶\u00a021")


async def _subscribes(ada: Newcomer) -> None:
    await expect(ada.page.locator("#to-next")).to_be_disabled()
    await ada.says("/corridor")
    await ada.presses("Follow")
    await ada.reads("Follow Middle Corridor: in which brief?")
    await ada.presses("Morning brief")
    await ada.reads("In which city is your morning?")
    await expect(ada.page.locator("#aim")).to_contain_text("In which city")
    await expect(ada.entry).to_have_attribute("placeholder", "For instance Almaty")
    await ada.says("Almaty")
    await ada.reads("Morning brief at 08:00 Almaty time, Monday to Friday.", "The first comes")
    await ada.presses("Hour")
    await ada.presses("09:00")
    await ada.reads("Changed from 08:00 to 09:00.", "Topics: Middle Corridor.")
    await ada.presses("Topics")
    await ada.presses("All topics")
    await ada.presses("‹‹ Morning brief at 09:00")
    await ada.reads("Morning brief at 09:00 Almaty time", "Topics: all.")


async def _receives(ada: Newcomer) -> None:
    count = await ada.page.locator(".messages > .said").count()
    await ada.page.get_by_role("button", name="To the next delivery").click()
    await ada.gets(count + 1)
    await ada.reads("Morning brief,", "Transit ban", "4.5 million tons", "Source:")


async def _stops(ada: Newcomer) -> None:
    await ada.presses("Hour and days")
    await ada.reads("Your subscriptions")
    await ada.presses("Morning brief at 09:00")
    await ada.reads("The next comes")
    await ada.presses("Stop")
    await ada.reads("Stopped: Morning brief at 09:00.")
    await ada.page.get_by_role("button", name="+1 min").click()
    await expect(ada.page.locator("#to-next")).to_be_disabled()


async def _asks_in_a_group(ada: Newcomer) -> None:
    await ada.visits("The Club")
    await ada.says("/corridor@briefing_demo_bot")
    await ada.reads("4.5 million tons")
    await expect(ada.sees.locator(".answered")).to_contain_text("/corridor@briefing_demo_bot")
    count = await ada.page.locator(".messages > .said").count()
    await ada.presses("Sections")
    await ada.presses("Bottlenecks")
    await ada.reads("Middle Corridor: Bottlenecks", "The Caspian crossing")
    await ada.presses("Sources")
    await ada.reads("Said by:")
    await ada.gets(count)


async def test_a_newcomer_asks_presses_subscribes_receives_and_stops(tmp_path: Path) -> None:
    async with chromium() as browser, demo(tmp_path) as (url, process):
        context = await browser.new_context(viewport=WIDE)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        wrong = overheard(page, url)
        await page.goto(url)
        ada = Newcomer(page)
        for step in (_looks_around, _asks, _subscribes, _receives, _stops, _asks_in_a_group):
            await step(ada)
        assert wrong == []

        # The page is still open: whoever listens to it does not hold the demo up.
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 15) == 0
        await expect(page.locator("#app")).to_have_class(re.compile("offline"))
        await context.close()
    assert "Traceback" not in (tmp_path / "log").read_text()
