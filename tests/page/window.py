"""The page in a browser's window, for the tests that look at it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.page.stage import Stage

WIDE: ViewportSize = {"width": 1200, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}


PATIENCE = 15_000
"""Milliseconds that a step may take on a machine that is busy with other tests."""
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window; the test is skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Chromium: install the package `chromium`")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


def overheard(page: Page, url: str) -> list[str]:
    """What goes wrong on the page from now on: its complaints, and requests to other hosts."""
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith(url):
            wrong.append(f"asked for {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", asked)
    return wrong


@asynccontextmanager
async def opened(
    browser: Browser,
    stage: Stage,
    path: str = "/",
    size: ViewportSize | None = None,
    **options: Any,
) -> AsyncIterator[Page]:
    """The page in a fresh profile; at its end nothing may have gone wrong behind the scenes."""
    context = await browser.new_context(viewport=size or WIDE, **options)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    wrong = overheard(page, stage.url)
    await page.goto(stage.url + path)
    await expect(page.locator(".row").first).to_be_attached()
    yield page
    await context.close()
    allowed = ("net::ERR_", "status of 409")
    assert [one for one in wrong if not any(part in one for part in allowed)] == []


async def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    wide: bool = await page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
        " && [...document.querySelectorAll('.messages, .side, .head, .clock, .writing')]"
        ".every((node) => node.scrollWidth <= node.clientWidth + 1)"
    )
    return wide


async def begun(page: Page) -> None:
    """The private chat after START."""
    await page.click("#start")
    await expect(page.locator(".key").first).to_be_visible()


def last(page: Page) -> Locator:
    """The newest message that is shown."""
    return page.locator(".messages > .said").last
