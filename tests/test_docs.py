"""The README is true: each setting and each command of the command line stands in it, no other."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest
import yaml

from bot.chat import routes
from bot.cli import main
from bot.config import SECRETS, Settings, setting_names
from bot.content.loader import accept, load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    _, found, rest = README.partition(f"\n## {heading}\n")
    assert found, f"README.md has no section {heading!r}"
    section = rest.partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    # An escaped bar belongs to its cell.
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines[2:]
    ]


def commands(
    group: click.Group, before: str = "briefing-bot"
) -> Iterator[tuple[str, click.Command]]:
    """Each command that can be called, by its words."""
    for name, command in group.commands.items():
        words = f"{before} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, words)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield words, command


def documented() -> dict[str, str]:
    """What the README's table has: the words of a command, and its usage as written."""
    found = {}
    for usage, *_ in rows("Commands of the command line"):
        words = usage.strip("`").split()
        found[" ".join(takewhile(re.compile(r"[a-z-]+").fullmatch, words))] = usage
    return found


def test_each_setting_stands_in_the_readme_once() -> None:
    written = [name for cells in rows("Settings") for name in re.findall(r"BRIEFING_\w+", cells[0])]
    assert sorted(written) == sorted(setting_names())


def test_no_text_names_a_setting_that_is_not() -> None:
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/README.md"):
        path = ROOT / name
        if path.exists():
            named = set(re.findall(r"BRIEFING_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8")))
            assert named - set(setting_names()) == set(), name


@pytest.mark.parametrize("cells", rows("Settings"), ids=lambda cells: cells[0].strip("`"))
def test_the_default_in_the_readme_is_the_default(cells: list[str]) -> None:
    names, default, meaning = cells
    assert meaning
    for name in re.findall(r"BRIEFING_\w+", names):
        field = name.removeprefix("BRIEFING_").removesuffix("_FILE").lower()
        given = {name: default.strip("`")} if default else {}
        assert getattr(Settings.load(given), field) == getattr(Settings.load({}), field)
        assert bool(default) == (Settings.model_fields[field].default not in (None, ()))


def test_each_command_stands_in_the_readme() -> None:
    assert set(documented()) == {words for words, _ in commands(main)}


def test_each_command_of_the_chat_stands_in_the_readme() -> None:
    written = [
        name for cells in rows("What readers ask") for name in re.findall(r"`/([a-z]+)", cells[0])
    ]
    assert set(written) == {command.name for command in routes.COMMANDS}


def test_each_option_that_the_readme_names_exists() -> None:
    there = dict(commands(main))
    for words, usage in documented().items():
        known = {option for parameter in there[words].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", usage)) <= known, words


def test_each_command_and_option_explains_itself() -> None:
    for words, command in commands(main):
        assert command.get_short_help_str(), words
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{words} {parameter.opts[0]}"


def test_each_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)`", README)) <= targets


def test_only_secrets_may_come_from_files() -> None:
    assert {f"BRIEFING_{name}_FILE" for name in SECRETS} == {
        name for name in setting_names() if name.endswith("_FILE")
    }


def examples(language: str) -> list[str]:
    """The code blocks of that language, as one would copy them."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def test_the_fact_in_the_readme_is_that_of_the_card() -> None:
    shown, *_ = map(yaml.safe_load, examples("yaml"))
    card = yaml.safe_load((ROOT / "seeds" / "astana-talks.yaml").read_text(encoding="utf-8"))
    assert shown[67].items() <= card["facts"][67].items()


def test_the_dossier_in_the_readme_is_taken_as_it_stands(tmp_path: Path) -> None:
    for folder in ("briefings", "seeds"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    before = load(tmp_path / "briefings", tmp_path / "seeds").problems
    _, dossier, _ = examples("yaml")
    (tmp_path / "briefings" / "aktau.yaml").write_text(dossier, encoding="utf-8")
    assert load(tmp_path / "briefings", tmp_path / "seeds").problems == before
    library = accept(tmp_path / "briefings", tmp_path / "seeds")
    assert str(library.observation("aktau.loan").value) == "35"
