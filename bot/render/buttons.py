"""Buttons: what their data means, and the keyboard as Telegram takes it.

Navigation is unsigned and holds no power: `verb:argument:argument` in at most 64 bytes of
UTF-8 (https://core.telegram.org/bots/api#inlinekeyboardbutton).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.render.message import Button, Rows

DATA_BYTES = 64
COPY_CHARACTERS = 256
A_ROW = 2
HALF = 18
"""Characters that half a phone's bubble shows; of a longer label the end would be cut off."""
MARK = "✓ "


def data(verb: str, *arguments: object) -> str:
    """A button's data. Raises ValueError over 64 bytes: the content's names allow none such."""
    text = ":".join((verb, *(str(argument) for argument in arguments)))
    if len(text.encode()) > DATA_BYTES:
        raise ValueError(f"button data over {DATA_BYTES} bytes: {text!r}")
    return text


def read_data(text: str) -> tuple[str, tuple[str, ...]]:
    """The verb and arguments of a press."""
    verb, *arguments = text.split(":")
    return verb, tuple(arguments)


def nav(text: str, verb: str, *arguments: object) -> Button:
    return Button(text, data=data(verb, *arguments))


def rows(buttons: Iterable[Button | None], width: int = A_ROW) -> Rows:
    """Buttons two a row and a long one alone, those that are None left out.

    With another `width`, that many a row whatever their length.
    """
    made: list[list[Button]] = []
    room = 0
    for button in buttons:
        if button is None:
            continue
        # The mark comes and goes by presses, and a keyboard that jumps is hard to press.
        alone = width == A_ROW and len(button.text.removeprefix(MARK)) > HALF
        if alone or not room:
            made.append([])
        made[-1].append(button)
        room = 0 if alone else (room or width) - 1
    return tuple(tuple(row) for row in made)


def copy_text(text: str) -> str:
    """Cut to what a copy button may hold."""
    return text if len(text) <= COPY_CHARACTERS else text[: COPY_CHARACTERS - 1] + "…"


def _keys(button: Button) -> dict[str, object]:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    if button.copy is not None:
        return {"text": button.text, "copy_text": {"text": copy_text(button.copy)}}
    if button.inline is not None:
        return {"text": button.text, "switch_inline_query": button.inline}
    return {"text": button.text, "callback_data": button.data}


def markup(keyboard: Sequence[Sequence[Button]]) -> dict[str, object] | None:
    """The `reply_markup` of a message; None without buttons."""
    if not keyboard:
        return None
    return {"inline_keyboard": [[_keys(button) for button in row] for row in keyboard]}
