"""A walk outside one's own chat: inline results in a group, and a channel picked and subscribed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.page.walk import Newcomer, demo
from tests.page.window import PATIENCE, WIDE, chromium, overheard


async def _posts_inline(ada: Newcomer) -> None:
    await ada.visits("The Club")
    await expect(ada.sees).to_contain_text("by a reply to me")
    await ada.entry.fill("@briefing_demo_bot aktau")
    offered = ada.page.get_by_role("option").filter(has_text="€35 million")
    await expect(offered.first).to_contain_text("report on the Astana talks, ¶")
    await offered.first.click()
    await ada.reads("€35 million", "Source: report on the Astana talks")
    await expect(ada.sees.get_by_text("Open the bot")).to_be_visible()


async def _picks_a_channel(ed: Newcomer) -> None:
    await ed.page.click("#start")
    await ed.reads("Every figure has its source")
    await ed.says("/channels")
    await ed.reads("Groups and channels", "need the rights to post and to edit")
    await ed.presses("Choose a channel")
    await ed.reads("Choose the channel below.")
    keys = ed.page.locator(".reply-keys").get_by_role("button", name="Choose a channel")
    await keys.click()
    await ed.page.get_by_role("dialog").get_by_text("Corridor notes").click()
    await ed.reads("Corridor notes", "You have no subscriptions.")
    await expect(ed.page.locator(".reply-keys")).to_have_count(0)
    await ed.presses("New subscription")
    await ed.presses("Alerts")
    await ed.reads("Corridor notes", "Alerts: sent when something changes.")


async def test_inline_in_a_group_and_a_channel_from_private(tmp_path: Path) -> None:
    async with chromium() as browser, demo(tmp_path) as (url, _):
        context = await browser.new_context(viewport=WIDE)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        wrong = overheard(page, url)
        await page.goto(url)
        await _posts_inline(Newcomer(page))
        await page.get_by_role("button", name="Act as Ed").click()
        await _picks_a_channel(Newcomer(page))
        assert wrong == []
        await context.close()
    assert "Traceback" not in (tmp_path / "log").read_text()
