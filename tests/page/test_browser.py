"""The page in a real browser: what a person sees and does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.scene import ADA, BEN, ED, ZOE
from tests.page.stage import START, Stage, picture
from tests.page.window import begun, last, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_one_starts_presses_a_button_and_sees_the_edit(
    browser: Browser, stage: Stage
) -> None:
    async with opened(browser, stage) as page:
        await expect(page.locator(".empty")).to_contain_text("I repeat what you say.")
        await begun(page)
        await expect(last(page)).to_contain_text("Hello.")
        await page.get_by_role("button", name="Count 0").click()
        await expect(page.locator(".toast")).to_have_text("Now 1")
        await expect(last(page)).to_contain_text("Counted to 1")
        await expect(last(page)).to_contain_text("edited")
        # A row is shared out evenly, whatever signs its buttons carry.
        uneven = await page.evaluate(
            "[...document.querySelectorAll('.keys-row')].filter((row) => new Set("
            "[...row.children].map((key) => Math.round(key.offsetWidth))).size > 1).length"
        )
        assert uneven == 0
        await page.get_by_role("button", name="Warn me").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Mind.")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("button", name="Outside").click()
        await expect(page.get_by_role("dialog")).to_contain_text("https://example.org/")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Copy", exact=True).click()
        await expect(page.locator(".toast").last).to_have_text("Copied.")


async def test_one_writes_replies_and_edits(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        entry = page.locator("#entry")
        await expect(entry).to_be_focused()
        await page.keyboard.type("First line")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("second line")
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text("You said: First line\nsecond line")
        await expect(entry).to_have_value("")
        # The quote of what is answered leads to it.
        await last(page).locator(".answered").click()
        await expect(page.locator(".glow")).to_contain_text("First line")
        await entry.focus()
        await page.keyboard.press("ArrowUp")
        await expect(page.locator("#aim")).to_contain_text("Editing")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("Changed")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said.mine").last).to_contain_text("Changed")
        await expect(page.locator(".said.mine").last).to_contain_text("edited")
        await page.locator(".said.bot").last.locator(".act").click()
        await page.get_by_role("menuitem", name="Reply").click()
        await expect(page.locator("#aim")).to_contain_text("Reply to Briefing")
        await page.keyboard.press("Escape")
        await expect(page.locator("#aim")).to_be_hidden()
        await page.locator(".said.mine").last.locator(".act").click()
        await page.get_by_role("menuitem", name="Delete").click()
        await expect(page.locator(".said.mine")).to_have_count(1)


async def test_the_menu_is_filtered_and_chosen_from(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.keyboard.type("/")
        await expect(page.get_by_role("option")).to_have_count(5)
        await page.keyboard.type("sh")
        await expect(page.get_by_role("option")).to_have_text(
            ["/showAll the formatting", "/shoutSay it loud"]
        )
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await expect(page.locator("#entry")).to_have_value("/shout ")
        await page.keyboard.type("hey")
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text("You said: /shout hey")
        await page.click("#commands")
        await expect(page.get_by_role("option")).to_have_count(5)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_all_formatting_is_shown_and_words_are_never_markup(
    browser: Browser, stage: Stage
) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.fill("#entry", "/show")
        await page.keyboard.press("Enter")
        text = last(page).locator(".text")
        for tag, words in (
            ("strong", "Bold"), ("em", "italic"), ("u", "under"), ("s", "gone"),
            ("pre", "print(1)"), ("a", "a link"),
        ):  # fmt: skip
            await expect(text.locator(tag)).to_have_text(words)
        await expect(text.locator("code").first).to_have_text("code")
        await expect(text.locator(".moment")).to_have_text("Monday, 12 January 2026 at 06:30")
        spoiler = text.locator(".spoiler")
        await expect(spoiler.locator(".spoiler-text")).to_have_css("opacity", "0")
        await spoiler.click()
        await expect(spoiler.locator(".spoiler-text")).to_have_css("opacity", "1")
        quote = text.locator(".expandable .quote-text")
        folded = await quote.evaluate("(node) => node.clientHeight")
        await text.get_by_role("button", name="Show all").click()
        await expect(text.get_by_role("button", name="Show less")).to_be_visible()
        assert await quote.evaluate("(node) => node.clientHeight") > folded + 40
        evil = "<img src=x onerror=\"document.title='broken'\"><script>1</script>"
        stage.bot.call("sendMessage", chat_id=ADA, text=evil)
        await expect(last(page)).to_contain_text(evil)
        await expect(page).to_have_title("Demo chat")
        stage.bot.call(
            "sendPhoto",
            chat_id=ADA,
            photo=stage.world.files.add_photo("chart.png", picture())[-1]["file_id"],
            caption="<b>A chart</b>",
            parse_mode="HTML",
        )
        await expect(last(page).locator("strong")).to_have_text("A chart")
        await expect(last(page).locator("img")).to_have_js_property("naturalWidth", 320)
        await last(page).locator(".picture").click()
        await expect(page.get_by_role("dialog").locator("img")).to_be_visible()


async def test_a_moment_is_shown_in_zone_and_language_of_who_looks(
    browser: Browser, stage: Stage
) -> None:
    stage.world.start(stage.world.persons[BEN])
    await stage.bot.settled()
    stage.bot.call(
        "sendMessage",
        chat_id=BEN,
        text='<tg-time unix="1768199400" format="wDt">soon</tg-time>',
        parse_mode="HTML",
    )
    async with opened(browser, stage) as page:
        ben = page.get_by_role("button", name="Act as Ben")
        await expect(ben).to_have_attribute("aria-label", "Act as Ben, reads German, 2 unread")
        await ben.click()
        await expect(last(page).locator(".moment")).to_have_text(
            re.compile(r"Montag, 12\. Januar 2026\D+07:30")
        )
        # The page itself speaks one language, whoever looks.
        await expect(page.locator(".day").first).to_have_text("Monday 12 January")
        await expect(page.locator(".clock-local")).to_have_text("Mon 12 Jan, 07:30 Berlin")
        await expect(page.locator(".me")).to_contain_text("07:30 in Berlin")
        # What is looked at is read.
        await expect(ben).to_have_attribute("aria-label", "Act as Ben, reads German")
        await expect(page.locator(".new-line")).to_have_count(1)


async def test_inline_results_are_offered_and_posted_in_a_group(
    browser: Browser, stage: Stage
) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator("#entry")).to_have_value("@briefing_sandbox_bot aktau")
        await page.locator("[data-chat='The Club']").click()
        await page.keyboard.type("@bri")
        await expect(page.get_by_role("option")).to_have_count(1)
        await page.keyboard.press("Enter")
        await page.keyboard.type("ferries")
        await expect(page.get_by_role("option")).to_have_count(2)
        await expect(page.get_by_role("option").first).to_contain_text("ferries number 1")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text("via @briefing_sandbox_bot")
        await expect(last(page)).to_contain_text("ferries 2")
        await expect(page.locator("#entry")).to_have_value("")


async def test_what_is_offered_stays_when_the_writing_row_is_made_anew(
    browser: Browser, stage: Stage
) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.keyboard.type("/sh")
        await expect(page.get_by_role("option")).to_have_count(2)
        more = [{"command": name, "description": "One more"} for name in ("show", "shelf", "shed")]
        stage.bot.call("setMyCommands", commands=more)
        await expect(page.get_by_role("option")).to_have_count(3)
        await expect(page.locator("#entry")).to_have_value("/sh")


async def test_deep_links_start_the_bot(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage, "/?start=figure_1") as page:
        await expect(last(page)).to_contain_text("Hello. figure_1")
        assert "start=" not in page.url
        await page.get_by_role("button", name="Deep").click()
        await expect(last(page)).to_contain_text("Hello. deep_1")
    async with opened(browser, stage, "/?offer=later") as page:
        await expect(last(page)).to_contain_text("Hello. deep_1")
        await page.click("#start")
        await expect(last(page)).to_contain_text("Hello. later")


async def test_the_bot_may_ask_back_and_show_a_keyboard(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.fill("#entry", "/ask")
        await page.keyboard.press("Enter")
        await expect(page.locator("#aim")).to_contain_text("Which city?")
        await expect(page.locator("#entry")).to_have_attribute("placeholder", "Name a city")
        await page.keyboard.type("Almaty")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said.mine").last).to_contain_text("Which city?")
        await expect(page.locator("#aim")).to_be_hidden()
        await page.fill("#entry", "/keys")
        await page.keyboard.press("Enter")
        await page.locator(".reply-keys").get_by_role("button", name="No").click()
        await expect(last(page)).to_contain_text("You said: No")
        await expect(page.locator(".reply-keys")).to_have_count(0)
        await page.fill("#entry", "/ask")
        await page.keyboard.press("Enter")
        await expect(page.locator("#aim")).to_be_visible()
        await page.click("#place")
        await page.get_by_role("dialog").get_by_role("button", name="Tbilisi").click()
        await expect(last(page).locator(".place")).to_contain_text("Tbilisi")
        await expect(last(page).locator(".answered")).to_contain_text("Which city?")


async def test_blocking_groups_and_topics_are_within_reach(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await page.locator(".head-name").click()
        await page.get_by_role("button", name="Block the bot").click()
        await page.click("#unblock")
        await expect(page.locator("#entry")).to_be_visible()
        await page.get_by_role("button", name="Act as Ed").click()
        await page.locator("[data-chat='Transit desk']").click()
        await expect(page.get_by_role("tab")).to_have_text(["General", "Corridor", "Trade"])
        await page.get_by_role("tab", name="Trade").click()
        await page.locator("#entry").fill("/shout goods")
        await page.keyboard.press("Enter")
        await expect(last(page)).to_contain_text("You said: /shout goods")
        await page.get_by_role("tab", name="General").click()
        await expect(page.locator(".messages")).not_to_contain_text("goods")
        await page.locator(".head-name").click()
        await page.get_by_role("button", name="Bot: make admin").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.locator(".head-name").click()
        await expect(page.get_by_role("dialog")).to_contain_text("admin · bot")
        await page.get_by_role("button", name="Rename").click()
        await page.keyboard.type("New desk")
        await page.keyboard.press("Enter")
        await expect(page.locator("#head")).to_contain_text("New desk")
        await expect(page.locator(".messages")).to_contain_text("renamed this")


async def test_a_broken_connection_heals_and_nothing_is_missed(
    browser: Browser, stage: Stage
) -> None:
    async with opened(browser, stage) as page:
        await begun(page)
        await stage.server.pause()
        await expect(page.locator("#app")).to_have_class("app offline")
        stage.bot.call("sendMessage", chat_id=ADA, text="Said in between")
        await stage.server.resume()
        await expect(page.locator("#app")).to_have_class("app")
        await expect(last(page)).to_contain_text("Said in between")


async def test_the_clock_is_shown_and_moved(browser: Browser, stage: Stage) -> None:
    stage.clock.due = START + timedelta(hours=3)
    async with opened(browser, stage) as page:
        await expect(page.locator(".clock-due")).to_contain_text("Next at 09:30, in ")
        await page.get_by_role("button", name="+1 h").click()
        await expect(page.locator(".clock-utc")).to_contain_text("07:30:")
        await page.get_by_role("button", name="To the next delivery").click()
        await expect(page.locator(".clock-utc")).to_contain_text("09:30:")
        assert stage.clock.leaps == [3600, 7200]


async def test_two_people_see_each_other_write(browser: Browser, stage: Stage) -> None:
    async with opened(browser, stage) as page:
        await page.locator("[data-chat='The Club']").click()
        club = (await stage.chat("The Club"))["id"]
        await stage.do("say", ZOE, chat=club, text="Good evening")
        await expect(last(page)).to_contain_text("Zoe")
        await expect(last(page)).to_contain_text("Good evening")
        notes = (await stage.chat("Corridor notes"))["id"]
        await stage.do("say", ED, chat=notes, text="A post")
        row = page.locator("[data-chat='Corridor notes']")
        await expect(row.locator(".badge")).to_have_text("1")
        await row.click()
        await expect(row.locator(".badge")).to_have_count(0)
        await expect(page.locator("#writing")).to_contain_text("Only its administrators write")
