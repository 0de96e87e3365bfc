"""Telegram's HTML, read as strictly as the server reads it.

Byte offsets in refusals count UTF-8, offsets of entities UTF-16. The rules and the words are
those of the server (parse_mode=HTML); the wording is part of the contract, bots match on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.chats import Payload
from bot.sandbox.links import link_entity

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}

SPACE = " \t\r\n\0\v"

_SPECIAL = re.compile("[<&]")
_TAG_NAME = re.compile(r"[^ \t\r\n\0\v>]*")
_ATTRIBUTE = re.compile(r"[^ \t\r\n\0\v=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_SPACES = re.compile(r"[ \t\r\n\v]*")
_NAMED = re.compile(r"&([A-Za-z]+);?")
_NUMERIC = re.compile(r"&#(?:([0-9]+)|[xX]([0-9A-Fa-f]+));?")
_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ID = re.compile(r"[0-9]{1,19}\Z")


class MarkupError(ValueError):
    """Why a text cannot be parsed; the message is what follows `can't parse entities: `."""


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end: its name, its attribute, and where it began in the output."""

    tag: str
    argument: str
    extra: str
    offset: int
    pieces: int


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Payload]]:
    """The text without its tags, and the entities in it, unsorted. Raises MarkupError."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.length = 0
        self.entities: list[Payload] = []
        self.stack: list[_Open] = []
        self.surrogates = False

    def parse(self) -> tuple[str, list[Payload]]:
        source = self.source
        position = 0
        while True:
            found = _SPECIAL.search(source, position)
            if found is None:
                self.write(source[position:])
                break
            start = found.start()
            if start > position:
                self.write(source[position:start])
            if source[start] == "&":
                position = self.reference(start)
            elif source.startswith("/", start + 1):
                position = self.close(start)
            else:
                position = self.open(start)
        if self.stack:
            raise MarkupError(
                f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"'
            )
        return self.joined(), self.entities

    def write(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += utf16(text)

    def joined(self) -> str:
        text = "".join(self.pieces)
        if self.surrogates:
            try:
                # Two halves written as two references make one character.
                text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            except UnicodeDecodeError:
                raise MarkupError(
                    "Text contains invalid Unicode characters after decoding HTML entities, "
                    "check for unmatched surrogate code units"
                ) from None
        return text

    def reference(self, start: int) -> int:
        """Write what a `&...;` stands for; an unknown one stays as it is."""
        character, end = decode(self.source, start)
        if "\ud800" <= character <= "\udfff":
            self.surrogates = True
        self.write(character)
        return end

    def at(self, position: int) -> str:
        return self.source[position] if position < len(self.source) else "\0"

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def open(self, start: int) -> int:
        found = _TAG_NAME.match(self.source, start + 1)
        position = found.end() if found else start + 1
        if self.at(position) == "\0":
            raise MarkupError(f"Unclosed start tag at byte offset {self.byte(start)}")
        tag = self.source[start + 1 : position].lower()
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {self.byte(start)}')
        argument = extra = ""
        while self.at(position) != ">":
            position = self.spaces(position)
            if self.at(position) == ">":
                break
            name, value, position = self.attribute(tag, start, position)
            match tag, name:
                case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix"):
                    argument = value
                case "tg-time", "format":
                    extra = value
                case "code", "class" if value.startswith("language-"):
                    argument = value[9:]
                case "span", "class" if value.startswith("tg-"):
                    argument = value[3:]
                case "blockquote", "expandable":
                    argument = "expandable"
        if tag == "span" and argument != "spoiler":
            raise MarkupError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(start)}'
            )
        self.stack.append(_Open(tag, argument, extra, self.length, len(self.pieces)))
        return position + 1

    def spaces(self, position: int) -> int:
        found = _SPACES.match(self.source, position)
        return found.end() if found else position

    def attribute(self, tag: str, start: int, position: int) -> tuple[str, str, int]:
        """One attribute from `position` on: its name, its value, and where it ends."""
        found = _ATTRIBUTE.match(self.source, position)
        end = found.end() if found else position
        name = self.source[position:end].lower()
        if not name:
            raise MarkupError(
                f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(start)}'
            )
        position = self.spaces(end)
        if self.at(position) != "=":
            if self.at(position) == "\0":
                raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {self.byte(start)}')
            return name, "", position
        position = self.spaces(position + 1)
        quote = self.at(position)
        if quote == "\0":
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {self.byte(start)}')
        if quote in "'\"":
            value, position = self.quoted(position + 1, quote)
        else:
            found = _TOKEN.match(self.source, position)
            end = found.end() if found else position
            value = self.source[position:end].lower()
            if self.at(end) not in SPACE and self.at(end) != ">":
                raise MarkupError(
                    f"Unexpected end of name token at byte offset {self.byte(position)}"
                )
            position = end
        if self.at(position) == "\0":
            raise MarkupError(f"Unclosed start tag at byte offset {self.byte(start)}")
        return name, value, position

    def quoted(self, position: int, quote: str) -> tuple[str, int]:
        end = self.source.find(quote, position)
        if end < 0:
            return "", len(self.source)
        raw = self.source[position:end]
        if "&" in raw:
            pieces = []
            inside = 0
            while inside < len(raw):
                if raw[inside] == "&":
                    character, inside = decode(raw, inside)
                    pieces.append(character)
                else:
                    pieces.append(raw[inside])
                    inside += 1
            raw = "".join(pieces)
        return raw, end + 1

    def close(self, start: int) -> int:
        if not self.stack:
            raise MarkupError(f"Unexpected end tag at byte offset {self.byte(start)}")
        found = _TAG_NAME.match(self.source, start + 2)
        end = found.end() if found else start + 2
        name = self.source[start + 2 : end].lower()
        position = self.spaces(end)
        if self.at(position) != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {self.byte(start)}")
        opened = self.stack.pop()
        if name and name != opened.tag:
            raise MarkupError(
                f"Unmatched end tag at byte offset {self.byte(start)}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.length > opened.offset:
            self.entity(opened)
        return position + 1

    def entity(self, opened: _Open) -> None:
        kind = TAGS[opened.tag]
        entity: Payload = {
            "type": kind,
            "offset": opened.offset,
            "length": self.length - opened.offset,
        }
        match kind:
            case "text_link":
                url = opened.argument or "".join(self.pieces[opened.pieces :])
                linked = link_entity(url)
                if linked is None:
                    return
                entity |= linked
            case "custom_emoji":
                if not _ID.match(opened.argument) or not 0 < int(opened.argument) < 2**63:
                    raise MarkupError("Invalid custom emoji identifier specified")
                entity["custom_emoji_id"] = opened.argument
            case "date_time":
                moment = date_time(opened.argument, opened.extra)
                if moment is None:
                    return
                entity |= moment
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "pre" | "code":
                self.code(kind, opened, entity)
                return
        self.entities.append(entity)

    def code(self, kind: str, opened: _Open, entity: Payload) -> None:
        """`<pre><code class="language-x">` is one entity with a language, either way around."""
        last = self.entities[-1] if self.entities else None
        same = last is not None and (last["offset"], last["length"]) == (
            entity["offset"],
            entity["length"],
        )
        language = opened.argument if kind == "code" else ""
        if same and last is not None:
            if kind == "pre" and last["type"] == "code" and last.get("language"):
                last["type"] = "pre"
                return
            if kind == "code" and last["type"] == "pre" and language:
                last["language"] = language
                return
        if language:
            entity["language"] = language
        self.entities.append(entity)


def decode(source: str, start: int) -> tuple[str, int]:
    """What the `&` at `start` begins, and where it ends: four names, numbers, or itself."""
    if source.startswith("#", start + 1):
        found = _NUMERIC.match(source, start)
        if found and found.end() - start <= 12:
            code = int(found[1]) if found[1] else int(found[2], 16)
            if 0 < code < 0x10FFFF:
                return chr(code), found.end()
        return "&", start + 1
    found = _NAMED.match(source, start)
    if found and found[1] in _NAMES:
        return _NAMES[found[1]], found.end()
    return "&", start + 1


def date_time(unix: str, form: str) -> Payload | None:
    """The fields of a date_time entity; None without a usable moment.

    `form` is `r`, or any of w, d or D, t or T, and comes out in that order; the short d and t
    win over the long ones. Raises MarkupError for another.
    """
    if form in ("r", "R"):
        ordered = "r"
    elif set(form) - set("wWdDtT"):
        raise MarkupError("Invalid date format used")
    else:
        found = (next((one for one in either if one in form), "") for either in ("wW", "dD", "tT"))
        ordered = "".join(found).replace("W", "w")
    if not unix.isascii() or not unix.isdigit() or not 0 < int(unix[:12]) < 2**31:
        return None
    return {"unix_time": int(unix), "date_time_format": ordered}
