"""What moves: steps reached, and a figure beside its goal."""

from __future__ import annotations

from bot.content.model import Tracker
from bot.content.prose import Shown
from bot.render.buttons import nav, rows
from bot.render.message import Bar, Block, Heading, Para, Span, Text, View
from bot.render.pen import Pen
from bot.render.phrase import say_share

STATES = {"reached": "●", "not_reached": "○", "open": "◌"}


def tracker_blocks(pen: Pen, tracker: Tracker, topic: str) -> list[Block]:
    """A tracker as lines; a bar only where the source gives both ends."""
    if tracker.steps:
        return _steps(pen, tracker, topic)
    blocks: list[Block] = []
    if tracker.figure and tracker.goal:
        blocks += _progress(pen, tracker, topic)
    if tracker.says:
        blocks += [Para(para.spans, tight=True) for para in pen.write(tracker.says, topic)]
    return blocks


def _steps(pen: Pen, tracker: Tracker, topic: str) -> list[Block]:
    lines: list[Block] = []
    for step in tracker.steps.values():
        spans: list[Span] = [Text(f"{STATES[step.state]} {step.title}: ")]
        for para in pen.write(step.says, topic):
            spans += para.spans
        if step.fact:
            spans.append(pen.cite(step.fact))
        lines.append(Para(tuple(spans), tight=bool(lines)))
    if tracker.says:
        lines += pen.write(tracker.says, topic)
    return lines


def _progress(pen: Pen, tracker: Tracker, topic: str) -> list[Block]:
    part = pen.resolve(tracker.figure or "", topic)
    goal = pen.resolve(tracker.goal or "", topic)
    if not isinstance(part, Shown) or not isinstance(goal, Shown):
        return []
    first = Para(tuple(pen.line(part)))
    figure, item = pen.observed(part.figure, part.period)
    goal_figure, target = pen.observed(goal.figure, goal.period)
    reached = pen.reckon(figure, item, goal_figure, target)
    if reached is None:
        return [first, Para(tuple(pen.line(goal)), tight=True)]
    spans: list[Span] = [
        Text(say_share(pen.words, reached).capitalize(), bold=True, shows=(item.key, target.key)),
        Text(pen.words("share.of")),
        pen.value(goal_figure, target),
        Text(f" {target.period_says}" if target.period_says else ""),
        Text(pen.words(f"status.tail.{target.status}") if target.status == "target" else ""),
        pen.cite(target.fact),
    ]
    return [first, Para(tuple(spans), tight=True), Bar(float(reached.ratio))]


def status(pen: Pen) -> View:
    """All trackers of all dossiers."""
    words = pen.words
    blocks: list[Block] = [Heading((Text(words("status.title")),))]
    for dossier in pen.library.dossiers.values():
        for tracker in dossier.trackers.values():
            blocks.append(Para((Text(tracker.title, bold=True),)))
            made = tracker_blocks(pen, tracker, dossier.dossier)
            if made and isinstance(made[0], Para):
                made[0] = Para(made[0].spans, tight=True)
            blocks += made
    if len(blocks) == 1:
        blocks.append(Para((Text(words("status.none")),)))
    back = nav(words("button.back", title=words("topics.title")), "topics")
    report = nav(words("button.report_error"), "rp", "status")
    return pen.view(blocks, rows((report, back)), "status")
