"""Buttons: what their data means, and the keyboard as Telegram takes it.

Navigation is unsigned and holds no power: `verb:argument:argument` in at most 64 bytes of
UTF-8 (https://core.telegram.org/bots/api#inlinekeyboardbutton).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote, urlencode

from bot.render.message import Button, Rows
from bot.text import Words

DATA_BYTES = 64
COPY_CHARACTERS = 256
START_CHARACTERS = 64
SHORTEST_NAME = 12
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


def start_link(bot: str, kind: str, key: str = "") -> str:
    """The bot's private chat, open at a screen: `f` and `corridor.volume`. Empty if too long."""
    payload = "-".join((kind, *key.split(".", 1))) if key else kind
    return f"https://t.me/{bot}?start={payload}" if len(payload) <= START_CHARACTERS else ""


def share_button(words: Words, bot: str, kind: str, key: str, title: str) -> Button | None:
    """Telegram's own "forward this link to ...", which every client knows; None without a bot."""
    link = start_link(bot, kind, key) if bot else ""
    if not link:
        return None
    asked = urlencode({"url": link, "text": title}, quote_via=quote)
    return Button(words("button.share"), url=f"https://t.me/share/url?{asked}")


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


def copy_size(text: str) -> int:
    """How long it is at most by Telegram's count: UTF-16 units, never fewer than characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def copy_text(text: str) -> str:
    """Cut to what a copy button may hold; no character is cut in half."""
    if copy_size(text) <= COPY_CHARACTERS:
        return text
    kept = text[: COPY_CHARACTERS - 1]
    while copy_size(kept) >= COPY_CHARACTERS:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def fit_copy(write: Callable[[str], str], name: str) -> str:
    """A line that names a thing, the name shortened first: value and source are what counts."""
    line, kept = write(name), name
    while copy_size(line) > COPY_CHARACTERS and len(kept) > SHORTEST_NAME:
        kept = kept[:-1]
        line = write(kept.rstrip() + "…")
    return copy_text(line)


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
