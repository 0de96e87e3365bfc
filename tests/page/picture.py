"""Makes the README's picture from the running demo: `python -m tests.page.picture`."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize

from tests.page.walk import Newcomer, demo
from tests.page.window import chromium

TARGET = Path(__file__).with_name("picture.png")
DESK: ViewportSize = {"width": 1230, "height": 1000}
PHONE: ViewportSize = {"width": 400, "height": 1143}
WHOLE: ViewportSize = {"width": 1280, "height": 800}
FRAME = """<body style="margin:0;background:#b9bfb4;display:flex;justify-content:space-between">
<img src="data:image/png;base64,{desk}"><img src="data:image/png;base64,{phone}"></body>"""


async def _page(browser: Browser, size: ViewportSize, scheme: Literal["light", "dark"]) -> Page:
    """A window drawn so small that it is as high as the picture."""
    scale = WHOLE["height"] / size["height"]
    return await browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=scale)


async def _desk(browser: Browser, url: str) -> bytes:
    """A question by command on a wide window, in light colours."""
    page = await _page(browser, DESK, "light")
    await page.goto(url)
    ada = Newcomer(page)
    await page.click("#start")
    await ada.gets(2)
    await ada.says("/corridor")
    return await _shot(page)


async def _phone(browser: Browser, url: str) -> bytes:
    """The morning brief on a phone's width, in dark colours, received by someone else."""
    page = await _page(browser, PHONE, "dark")
    await page.goto(url)
    ed = Newcomer(page)
    await page.locator("[data-person='Ed']").click()
    await ed.visits("Briefing bot")
    await page.click("#start")
    await ed.gets(2)
    await ed.says("/subscribe daily 08:30 Tbilisi")
    await page.click("#to-next")
    await ed.gets(5)
    return await _shot(page)


async def _shot(page: Page) -> bytes:
    await page.mouse.move(0, 0)
    return await page.screenshot(animations="disabled")


async def make() -> None:
    """Write `picture.png` beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder)) as (url, _), chromium() as browser:
            shots = {
                "desk": base64.b64encode(await _desk(browser, url)).decode(),
                "phone": base64.b64encode(await _phone(browser, url)).decode(),
            }
            page = await browser.new_page(viewport=WHOLE)
            await page.set_content(FRAME.format(**shots))
            await page.screenshot(path=TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    asyncio.run(make())
