"""The preview shows every screen, reads again on saving, and keeps the last good screens."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from bot.preview import Preview, serve_preview

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def preview(tmp_path: Path) -> AsyncIterator[Preview]:
    for name in ("briefings", "seeds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    clock = ManualClock(datetime(2025, 11, 25, 8, tzinfo=UTC))
    page = await serve_preview(tmp_path / "briefings", tmp_path / "seeds", port=0, clock=clock)
    yield page
    await page.close()


async def state(page: Preview) -> Any:
    async with aiohttp.ClientSession() as session, session.get(page.url + "state") as answer:
        assert answer.status == 200
        return json.loads(await answer.text())


async def saved(page: Preview, path: Path, text: str) -> Any:
    """Save a file and wait until the page is told that the files were read anew."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(page.url + "events") as stream,
        asyncio.timeout(20),
    ):
        first = await stream.content.readline()
        await asyncio.to_thread(path.write_text, text, "utf-8")
        async for line in stream.content:
            if line.startswith(b"data:") and line != first:
                return await state(page)
    raise AssertionError("the stream ended")


async def test_each_dossier_is_shown_with_its_file_and_screens(preview: Preview) -> None:
    shown = await state(preview)
    assert shown["problems"] == []
    groups = {group["name"]: group for group in shown["groups"]}
    assert groups["corridor"]["file"] == "briefings/corridor.yaml"
    names = [screen["name"] for screen in groups["corridor"]["screens"]]
    assert {"summary", "sections", "section bottlenecks", "timeline", "sources"} <= set(names)
    assert {"daily full", "weekly short"} <= {
        screen["name"] for screen in groups["editions"]["screens"]
    }


async def test_a_mistake_is_named_and_the_last_good_screens_stay(preview: Preview) -> None:
    path = preview.briefings / "corridor.yaml"
    good = await asyncio.to_thread(path.read_text, "utf-8")
    wrong = await saved(preview, path, good.replace("value: 4.5", "value: 4.6"))
    assert not wrong["is_current"]
    assert "says 4.6" in wrong["problems"][0]["text"]
    assert "write `4.5`" in wrong["problems"][0]["text"]
    assert wrong["groups"]
    right = await saved(preview, path, good)
    assert right["is_current"]
    assert right["problems"] == []


async def test_a_saved_title_is_shown(preview: Preview) -> None:
    path = preview.briefings / "energy.yaml"
    text = (await asyncio.to_thread(path.read_text, "utf-8")).replace(
        "title: Energy\n", "title: Energy ties\n"
    )
    shown = await saved(preview, path, text)
    assert "Energy ties" in [group["title"] for group in shown["groups"]]


@pytest.mark.parametrize("name", ["../cli.py", "nothing.js", "..%2fcli.py", "index.html%00"])
async def test_only_the_pages_own_files_are_served(preview: Preview, name: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{preview.url}page/{name}") as answer,
    ):
        assert answer.status == 404


async def test_a_foreign_name_is_refused_and_nothing_from_elsewhere_is_allowed(
    preview: Preview,
) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(preview.url, headers={"Host": "example.org"}) as answer:
            assert answer.status == 403
        async with session.get(preview.url) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
