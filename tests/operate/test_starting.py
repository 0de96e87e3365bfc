"""How the bot starts, or says why not: one sentence for each thing that is wrong, no traceback.

It ends with 2 where only other settings help, with 1 where it may be started again as it is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox.faults import hang
from bot.sandbox.server import serve
from bot.sandbox.world import World
from bot.store.database import Database

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0


@asynccontextmanager
async def process(*words: str, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("BRIEFING_")}
    given = {f"BRIEFING_{name.upper()}": value for name, value in settings.items()}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        cwd=ROOT,
        env={**own, **given},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def complaint(*words: str, **settings: str) -> tuple[int | None, list[str]]:
    """The exit code of what cannot start, and what it said."""
    async with process(*words, **settings) as started:
        out, err = await asyncio.wait_for(started.communicate(), PATIENCE)
    assert out == b""
    return started.returncode, err.decode().splitlines()


@pytest.fixture
def world() -> World:
    return World(now=lambda: SystemClock().now().timestamp())


def settings_for(world: World, url: str, state: Path) -> dict[str, str]:
    return {"token": world.token, "api_url": url, "state": str(state)}


async def test_all_wrong_settings_are_told_at_once_and_no_secret_with_them(tmp_path: Path) -> None:
    code, said = await complaint(
        "run",
        state=str(tmp_path),
        token="12345:short-but-secret",
        database_url="mysql://ed:secret@host/name",
        admins="ada",
        access="closed",
        listen="here",
        briefings=str(tmp_path / "none"),
        lgo="json",
    )
    assert code == 2
    assert sorted(line.split()[0] for line in said) == [
        "BRIEFING_ACCESS",
        "BRIEFING_ADMINS",
        "BRIEFING_BRIEFINGS",
        "BRIEFING_DATABASE_URL",
        "BRIEFING_LGO",
        "BRIEFING_LISTEN",
        "BRIEFING_TOKEN",
    ]
    assert "secret" not in "".join(said)


@pytest.mark.parametrize("command", ["run", "demo"])
async def test_a_state_folder_that_cannot_be_made_is_told(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = await complaint(
        command, token=f"1:{'x' * 35}", state=str(tmp_path / "file" / "state")
    )
    assert code == 2
    (line,) = said
    assert line.startswith("The state folder ")
    assert "not a directory" in line
    assert "BRIEFING_STATE" in line


async def test_a_state_folder_that_cannot_be_written_is_told() -> None:
    # Where not even root may write.
    code, (line,) = await complaint("run", token=f"1:{'x' * 35}", state="/proc/self")
    assert code == 2
    assert line.startswith("The state folder /proc/self cannot be used: ")


async def test_a_server_that_does_not_answer_may_do_so_at_the_next_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    code, (line,) = await complaint("run", token="1:x", state=str(tmp_path), api_url=url)
    assert code == 1
    assert f"{url} cannot be reached" in line


async def test_a_token_that_is_refused_has_to_be_changed(world: World, tmp_path: Path) -> None:
    server = await serve(world)
    wrong = {**settings_for(world, server.url, tmp_path), "token": "1:another-secret"}
    code, (line,) = await complaint("run", **wrong)
    await server.close()
    assert code == 2
    assert f"BRIEFING_TOKEN is not accepted by {server.url}" in line
    assert "another-secret" not in line


async def test_a_state_that_is_in_use_is_left_alone(world: World, tmp_path: Path) -> None:
    server = await serve(world)
    first = await Database.open(str(tmp_path / "briefing.sqlite"), state=tmp_path)
    code, (line,) = await complaint("run", **settings_for(world, server.url, tmp_path))
    await first.close()
    await server.close()
    assert code == 1
    assert f"(pid {os.getpid()}) uses the state folder {tmp_path}" in line


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, (line,) = await complaint("demo", "--port", port, state=str(tmp_path))
    assert code == 2
    assert line.startswith(f"Port {port} of 127.0.0.1 is taken")


async def test_mistakes_in_the_files_are_told_by_line(world: World, tmp_path: Path) -> None:
    briefings = tmp_path / "briefings"
    briefings.mkdir()
    (briefings / "corridor.yaml").write_text("dossier: corridor\ntitel: Corridor\n", "utf-8")
    server = await serve(world)
    code, said = await complaint(
        "run",
        **settings_for(world, server.url, tmp_path / "state"),
        briefings=str(briefings),
    )
    await server.close()
    assert code == 1
    assert any("corridor.yaml:2:1" in line and "titel" in line for line in said)
    assert said[-1] == "Nothing was published; the bot did not start."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_ends_it_well(world: World, tmp_path: Path, number: signal.Signals) -> None:
    server = await serve(world)
    async with process("run", **settings_for(world, server.url, tmp_path)) as started:
        assert started.stdout is not None
        line = await asyncio.wait_for(started.stdout.readline(), PATIENCE)
        assert line.decode().startswith(f"@{world.bot.username} is up")
        started.send_signal(number)
        out, err = await asyncio.wait_for(started.communicate(), PATIENCE)
    await server.close()
    assert started.returncode == 0
    assert out.decode() == "Ending: what is on its way is finished first.\n"
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_told_while_it_starts_it_ends_as_well(
    world: World, tmp_path: Path, number: signal.Signals
) -> None:
    server = await serve(world)
    world.faults.add(hang(), method="setMyCommands")
    async with process("run", **settings_for(world, server.url, tmp_path)) as started:
        assert started.stderr is not None
        line = await asyncio.wait_for(started.stderr.readline(), PATIENCE)
        assert "A revision is in force" in line.decode()
        started.send_signal(number)
        out, err = await asyncio.wait_for(started.communicate(), PATIENCE)
    await server.close()
    assert started.returncode == 0
    assert out == b""
    assert "Traceback" not in err.decode()
