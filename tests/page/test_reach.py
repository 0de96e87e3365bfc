"""Who can use the page: on a phone, by keyboard, in either light."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.page.stage import Stage
from tests.page.window import PHONE, begun, fits, last, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_theme_follows_the_system_until_one_is_chosen(
    browser: Browser, stage: Stage
) -> None:
    dark, light = "rgb(21, 24, 26)", "rgb(243, 239, 230)"
    async with opened(browser, stage, color_scheme="dark") as page:
        await expect(page.locator("body")).to_have_css("background-color", dark)
        await page.get_by_role("button", name="Light colours").click()
        await expect(page.locator("body")).to_have_css("background-color", light)
        await page.reload()
        await expect(page.locator("body")).to_have_css("background-color", light)
        await expect(page.get_by_role("button", name="Dark colours")).to_be_visible()


async def test_a_phone_shows_one_column_with_a_way_back(browser: Browser, stage: Stage) -> None:
    long = "Nachrichtenübermittlungsverzögerungswarnung" * 4
    async with opened(browser, stage, size=PHONE, has_touch=True) as page:
        await expect(page.locator("#thread")).to_be_hidden()
        assert await fits(page)
        await page.locator("[data-chat='Briefing']").tap()
        await expect(page.locator("#side")).to_be_hidden()
        await page.locator("#start").tap()
        await expect(page.locator(".key").first).to_be_visible()
        await page.locator("#entry").fill(long)
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text(long)
        await page.locator("#entry").fill("/show")
        await page.keyboard.press("Enter")
        await expect(last(page).locator("pre")).to_be_visible()
        assert await fits(page)
        await page.get_by_role("button", name="Back to the chats").tap()
        await expect(page.locator("#thread")).to_be_hidden()
        await page.locator("[data-chat='The Club']").tap()
        await expect(page.locator("#head")).to_contain_text("The Club")
        await page.go_back()
        await expect(page.locator("#side")).to_be_visible()
        assert await fits(page)


async def test_everything_can_be_done_by_keyboard(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await expect(page.locator("#start")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text("Hello.")
        await expect(page.locator("#entry")).to_be_focused()
        # Back from the writing row lie its two tools, then the buttons of the last message.
        for _ in range(3):
            await page.keyboard.press("Shift+Tab")
        await expect(page.get_by_role("button", name="Deep")).to_be_focused()
        for _ in range(5):
            await page.keyboard.press("Shift+Tab")
        count = page.locator("[data-cell='0.0']")
        await expect(count).to_be_focused()
        outline = await count.evaluate("(node) => getComputedStyle(node).outlineStyle")
        assert outline == "solid"
        await page.keyboard.press("Enter")
        await expect(count).to_have_text("Count 1")
        await expect(count).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(count).to_have_text("Count 2")
        await page.keyboard.press("ArrowUp")
        await expect(page.locator(".said.mine").first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("menu")).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(page.locator("#entry")).to_be_focused()
        await expect(page.locator("#news")).to_contain_text("Briefing: Hello.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground(browser: Browser, stage: Stage, scheme: Any) -> None:
    measure = """() => {
      const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g)
        .map((v) => v / (c.startsWith('rgb') ? 255 : 1))
        .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ground = (n) => { while (n) { const c = getComputedStyle(n).backgroundColor;
        if (!/^rgba/.test(c)) return c; n = n.parentElement; } return 'rgb(255, 255, 255)'; };
      return ['.row-words', '.row-hour', '.head small', '.stamp', '.key', '.text', '.person-name',
        '.clock-due', '.edited', '.text .word'].map((name) => {
        const node = document.querySelector(name);
        const [a, b] = [light(getComputedStyle(node).color), light(ground(node))];
        return [name, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
      });
    }"""
    async with opened(browser, stage, color_scheme=scheme) as page:
        await begun(page)
        await page.get_by_role("button", name="Count 0").click()
        await expect(last(page)).to_contain_text("edited")
        for name, contrast in await page.evaluate(measure):
            assert contrast >= 4.5, name
