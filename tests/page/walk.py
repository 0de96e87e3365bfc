"""The real demo as a process of its own, and someone at its page."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.page.window import last

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def demo(state: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """`python -m bot demo` on a free port with a fresh state folder; its page's address."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("BRIEFING_")}
    with (state / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "demo", "--port", "0"),
            cwd=ROOT,
            env={**own, "BRIEFING_STATE": str(state / "var"), "PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found is not None, line + (state / "log").read_text()
        yield found.group(), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


class Newcomer:
    """Someone at the page who writes, presses and reads."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.entry = page.locator("#entry")

    @property
    def sees(self) -> Locator:
        """The newest message with its buttons."""
        return last(self.page)

    async def says(self, text: str) -> None:
        """Write a message, and wait until it stands there with an answer behind it."""
        before = await self.page.locator(".messages > .said").count()
        await self.entry.fill(text)
        await self.entry.press("Enter")
        await self.gets(before + 2)

    async def gets(self, count: int) -> None:
        await expect(self.page.locator(".messages > .said")).to_have_count(count)

    async def presses(self, label: str) -> None:
        await self.sees.get_by_role("button", name=label).first.click()

    async def reads(self, *texts: str) -> None:
        for text in texts:
            await expect(self.sees).to_contain_text(text)

    async def visits(self, chat: str) -> None:
        await self.page.locator(f"[data-chat='{chat}']").click()
        await expect(self.page.locator("#head")).to_contain_text(chat)
