"""The way in: welcome, help, the topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.render.buttons import nav, rows
from bot.render.message import Button, Heading, Para, Text, View
from bot.render.pen import Pen


def welcome(pen: Pen) -> View:
    """Who I am in two lines."""
    words = pen.words
    titles = words.listed(dossier.title for dossier in pen.library.dossiers.values())
    buttons = (
        nav(words("button.brief"), "brief"),
        nav(words("button.topics"), "topics"),
        nav(words("button.subscribe"), "sub"),
        nav(words("button.help"), "help"),
    )
    return pen.view(
        (
            Para((Text(words("start.who")),)),
            Para((Text(words("start.what", topics=titles)),), tight=True),
        ),
        rows(buttons),
        "start",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A command and what it does; `begins` is the part of the help that begins with it, if any."""

    name: str
    says: str
    begins: str = ""


def help_screen(pen: Pen, commands: Iterable[Line]) -> View:
    """Every command with its line in parts, the dossiers' first."""
    words = pen.words
    lines = [Para((Text(words("topics.title"), bold=True),))]
    lines += [_command(pen, name, line) for name, line in topic_commands(pen)]
    for item in commands:
        if item.begins:
            lines.append(Para((Text(words(f"help.{item.begins}"), bold=True),)))
        lines.append(_command(pen, item.name, item.says))
    ending = Para((Text(words("help.ask")),))
    return pen.view(
        (Heading((Text(words("help.title")),)), *lines, ending),
        rows(
            (
                nav(words("button.topics"), "topics"),
                nav(words("button.brief"), "brief"),
                nav(words("button.elsewhere"), "ga"),
            )
        ),
        "help",
    )


def _command(pen: Pen, name: str, line: str) -> Para:
    return Para((Text(f"/{name}"), Text(pen.words("help.line", line=line))), tight=True)


def topic_commands(pen: Pen) -> tuple[tuple[str, str], ...]:
    return tuple((item.command, item.menu) for item in pen.library.dossiers.values())


def topics(pen: Pen) -> View:
    """The dossiers, a button each."""
    words = pen.words
    dossiers = pen.library.dossiers.values()
    lines = [
        Para((Text(item.title, bold=True), Text(f"  /{item.command}")), tight=True)
        for item in dossiers
    ]
    buttons: list[Button] = [nav(item.title, "d", item.dossier) for item in dossiers]
    return pen.view(
        (Heading((Text(words("topics.title")),)), *lines),
        rows(buttons),
        "topics",
    )


def nearest(pen: Pen, asked: str, buttons: Iterable[Button]) -> View:
    """A plain refusal of what is not known, with what comes nearest."""
    words = pen.words
    offered = tuple(buttons)
    line = words("unknown.nearest" if offered else "unknown.plain", asked=asked)
    return View(
        (Para((Text(line),)),),
        rows((*offered, nav(words("button.topics"), "topics"))),
        "unknown",
    )


def notice(words_text: str, buttons: Iterable[Button | None] = (), place: str = "notice") -> View:
    """One plain paragraph, with ways on."""
    return View((Para((Text(words_text),)),), rows(buttons), place)
