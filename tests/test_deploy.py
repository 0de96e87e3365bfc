"""What starts the bot elsewhere names only what exists, and starts it without rights."""

from __future__ import annotations

import configparser
import inspect
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.config import Settings, setting_names
from bot.delivery.worker import Worker

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
UNIT = (DEPLOY / "briefing-bot.service").read_text(encoding="utf-8")
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def instructions(name: str) -> list[str]:
    """The arguments of each instruction of that name, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", CONTAINERFILE)
    return re.findall(rf"^\s*(?:HEALTHCHECK .*)?\b{name} (.+)$", joined, re.MULTILINE)


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(UNIT)
    return parser


@pytest.mark.parametrize("path", [*FILES, ROOT / ".env.example"], ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"BRIEFING_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8")))
    assert named - set(setting_names()) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # In prose a command stands on a line with a program before it; in files after its path.
    called = set(re.findall(r"(?:bin/|exec bot )briefing-bot ([a-z]+)$", text, re.MULTILINE))
    assert called <= set(main.commands)


def test_the_container_calls_commands_that_exist() -> None:
    assert [yaml.safe_load(words) for words in instructions("ENTRYPOINT")] == [["briefing-bot"]]
    checks = [yaml.safe_load(words) for words in instructions("CMD")]
    assert ["run"] in checks
    assert ["briefing-bot", "status"] in checks
    assert {"run", "status"} <= set(main.commands)


def test_the_container_copies_what_is_there_and_let_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for words in instructions("COPY"):
        if words.startswith("--from"):
            continue
        *sources, _ = words.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source
    assert "*" in ignored


def test_the_container_has_no_root_and_keeps_its_state() -> None:
    assert [user.split(":")[0] for user in instructions("USER")] == ["10001"]
    assert instructions("VOLUME") == ["/var/lib/briefing-bot"]
    assert "BRIEFING_STATE=/var/lib/briefing-bot" in CONTAINERFILE


def test_the_compose_file_keeps_the_state_and_gives_no_rights() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).exists()
    assert set(bot["command"]) <= set(main.commands)
    assert f"state:{bot['environment']['BRIEFING_STATE']}" in bot["volumes"]
    assert bot["cap_drop"] == ["ALL"]
    assert bot["read_only"]
    assert database["profiles"] == ["postgres"]
    used = {v.split(":")[0] for service in (bot, database) for v in service["volumes"]}
    assert {name for name in used if not name.startswith(".")} == set(compose["volumes"])
    for name in used - set(compose["volumes"]):
        assert (DEPLOY / name).is_dir()


def test_the_unit_starts_the_bot_and_keeps_its_state() -> None:
    service = unit()["Service"]
    program, command = shlex.split(service["execstart"])
    assert program.endswith("/.venv/bin/briefing-bot")
    assert command in main.commands
    assert service["environment"] == f"BRIEFING_STATE=%S/{service['statedirectory']}"
    assert service["dynamicuser"] == "yes"
    assert service["nonewprivileges"] == "yes"
    assert service["protectsystem"] == "strict"


def test_whoever_stops_the_bot_waits_longer_than_the_worker_may_take() -> None:
    worker = inspect.signature(Worker.stop).parameters["deadline"].default
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    grace = compose["services"]["bot"]["stop_grace_period"]
    for given in (unit()["Service"]["timeoutstopsec"], grace.removesuffix("s")):
        assert float(given) >= worker + 10


def test_only_a_wrong_setting_keeps_the_unit_down() -> None:
    assert unit()["Service"]["restart"] == "always"
    assert unit()["Service"]["restartpreventexitstatus"] == "2"
    assert unit()["Unit"]["startlimitintervalsec"] == "0"


def test_the_unit_is_understood_by_systemd(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    # The program must exist for systemd to be content; ours is not installed where the unit says.
    copy = tmp_path / "briefing-bot.service"
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT), encoding="utf-8")
    done = subprocess.run([verify, "verify", copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_has_every_setting_and_sets_none() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    shown = [line for line in lines if "BRIEFING_" in line and "=" in line]
    assert all(line.startswith("#BRIEFING_") for line in shown)
    assert sorted(line[1:].partition("=")[0] for line in shown) == sorted(setting_names())


def test_the_example_can_be_taken_at_its_word() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line[1:].split("=", 1) for line in lines if line.startswith("#BRIEFING_")]
    given = {name: value for name, value in pairs if value and not name.startswith("BRIEFING_WEB")}
    settings = Settings.load(given)
    assert settings.database.startswith("postgresql://")
