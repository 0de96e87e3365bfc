"""A dossier's screens: its summary, the list of its sections, a section."""

from __future__ import annotations

from bot.content.model import Dossier
from bot.content.prose import Reference, Shift, Shown
from bot.render.buttons import nav, rows, share_button
from bot.render.message import Block, Button, Heading, Para, Text, View
from bot.render.pen import Pen
from bot.render.views.record import cited_facts
from bot.render.views.trackers import tracker_blocks


def summary(pen: Pen, dossier: Dossier, bot: str = "") -> View:
    """The lead, the key figures a line each, where things stand.

    `bot` is our own name, by which the dossier can be shared; without it there is no Share.
    """
    words = pen.words
    blocks: list[Block] = [Heading((Text(dossier.title),))]
    blocks += pen.write(dossier.lead, dossier.dossier)
    blocks += key_figures(pen, dossier)
    for tracker in dossier.trackers.values():
        if tracker.steps:
            blocks += tracker_blocks(pen, tracker, dossier.dossier)
    if dossier.held_up:
        blocks += pen.write(dossier.held_up, dossier.dossier)
    name = dossier.dossier
    buttons = (
        nav(words("button.sections"), "S", name) if dossier.sections else None,
        nav(words("button.figures"), "B", name) if dossier.figures else None,
        _timeline(pen, dossier) if not dossier.sections else None,
        nav(words("button.sources"), "o", name),
        nav(words("button.follow"), "sub", name),
        share_button(words, bot, "d", name, dossier.title),
        nav(words("button.back", title=words("topics.title")), "topics"),
    )
    names = dict.fromkeys(pen.library.source_of(ref).source for ref in cited_facts(dossier))
    return pen.view(blocks, rows(buttons), name, names)


def _timeline(pen: Pen, dossier: Dossier) -> Button | None:
    if not dossier.events:
        return None
    return nav(pen.words("button.timeline"), "tl", dossier.dossier)


def key_figures(pen: Pen, dossier: Dossier) -> list[Para]:
    """One fact a line; a change follows its figure's value on the same line."""
    lines: list[Para] = []
    before: Reference | None = None
    for text in dossier.key_figures:
        reference = pen.resolve(text, dossier.dossier)
        same = (
            isinstance(reference, Shift)
            and isinstance(before, Shown)
            and (before.figure, before.period) == (reference.figure, reference.period)
        )
        if same:
            joined = (*lines.pop().spans, Text(", "), *pen.line(reference, opens=False))
            lines.append(Para(joined, tight=bool(lines)))
        else:
            lines.append(Para(tuple(pen.line(reference)), tight=bool(lines)))
        before = reference
    return lines


def section_list(pen: Pen, dossier: Dossier) -> View:
    """The sections, a button each."""
    words = pen.words
    buttons: list[Button] = [
        nav(section.title, "s", section.key) for section in dossier.sections.values()
    ]
    lines = [
        Para((Text(section.title),), bullet=True, tight=True)
        for section in dossier.sections.values()
    ]
    return View(
        (Heading((Text(words("sections.title", title=dossier.title)),)), *lines),
        rows(
            (
                *buttons,
                _timeline(pen, dossier),
                nav(words("button.back", title=dossier.title), "d", dossier.dossier),
            )
        ),
        f"{dossier.dossier}.sections",
    )


def section(pen: Pen, dossier: Dossier, name: str, bot: str = "") -> View:
    """A section's text; buttons to its neighbours and back, and to share it by `bot`'s link."""
    words = pen.words
    item = dossier.sections[name]
    names = list(dossier.sections)
    at = names.index(name)
    before = dossier.sections[names[at - 1]] if at else None
    after = dossier.sections[names[at + 1]] if at + 1 < len(names) else None
    cited = pen.cite(item.fact)
    heading = Heading((Text(f"{dossier.title}: {item.title}"),))
    buttons = (
        nav(words("button.previous", title=before.title), "s", before.key) if before else None,
        nav(words("button.next", title=after.title), "s", after.key) if after else None,
    )
    last = (
        nav(words("button.sources"), "so", item.key),
        nav(words("button.report_error"), "rp", "s", item.key),
        share_button(words, bot, "s", item.key, f"{dossier.title}: {item.title}"),
        nav(words("button.back", title=dossier.title), "d", dossier.dossier),
    )
    paras = pen.write(item.text, dossier.dossier)
    if paras:
        paras[-1] = Para((*paras[-1].spans, cited), bullet=paras[-1].bullet)
    return pen.view((heading, *paras), (*rows(buttons), *rows(last)), item.key)
