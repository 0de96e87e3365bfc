"""Telegram's MarkdownV2 and the old Markdown, read as strictly as the server reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.chats import Payload
from bot.sandbox.html import MarkupError, date_time, utf16
from bot.sandbox.links import link_entity

TYPES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "CustomEmoji": "custom_emoji",
    "BlockQuote": "blockquote",
}

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
_RUN = re.compile(r"[^_*\[\]()~`>#+\-=|{}.!\n\\]+")
_CODE_RUN = re.compile(r"[^`\\]+")
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_SPACE = " \t\r\n\0\v"
_EMOJI_ID = re.compile(r"[1-9][0-9]{0,18}\Z")


@dataclass(slots=True)
class _Open:
    name: str
    argument: str
    start: int
    offset: int
    pieces: int


def parse_markdown_v2(source: str) -> tuple[str, list[Payload]]:
    """The text without its marks, and the entities in it, unsorted. Raises MarkupError."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.length = 0
        self.entities: list[Payload] = []
        self.stack: list[_Open] = []
        self.quoting = False
        self.line_start = True

    def at(self, position: int) -> str:
        return self.source[position] if position < len(self.source) else "\0"

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def write(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += utf16(text)

    def parse(self) -> tuple[str, list[Payload]]:
        position = 0
        source = self.source
        while position < len(source):
            character = source[position]
            if character == "\\" and "\0" < self.at(position + 1) <= "~":
                escaped = source[position + 1]
                self.write(escaped)
                self.line_start = escaped == "\n" or (escaped == "\r" and self.line_start)
                position += 2
                continue
            top = self.stack[-1].name if self.stack else ""
            code = top in ("Code", "Pre", "PreCode")
            if character not in ("`" if code else _RESERVED):
                run = (_CODE_RUN if code else _RUN).match(source, position)
                end = run.end() if run else position + 1
                self.write(source[position:end])
                if source[position:end].strip("\r"):
                    self.line_start = False
                position = end
                continue
            ends_quote = (
                self.quoting and character == "\n" and not code and self.at(position + 1) != ">"
            )
            if ends_quote:
                self.end_quote(position, newline=True)
                position += 1
            elif self.ends(top, position):
                position = self.close(position)
            else:
                position = self.open(character, position)
        if self.quoting and self.stack:
            self.end_quote(len(source), newline=False)
        if self.stack:
            self.unclosed(self.stack[-1])
        return "".join(self.pieces), self.entities

    def unclosed(self, opened: _Open) -> None:
        raise MarkupError(
            f"Can't find end of {opened.name} entity at byte offset {self.byte(opened.start)}"
        )

    def ends(self, top: str, position: int) -> bool:
        character, following = self.source[position], self.at(position + 1)
        match top:
            case "Bold":
                return character == "*"
            case "Italic":
                return character == "_" and following != "_"
            case "Underline":
                return character == "_" and following == "_"
            case "Strikethrough":
                return character == "~"
            case "Spoiler":
                return character == "|" and following == "|"
            case "Code":
                return character == "`"
            case "Pre" | "PreCode":
                return self.source.startswith("```", position)
            case "TextUrl" | "CustomEmoji":
                return character == "]"
        return False

    def open(self, character: str, position: int) -> int:
        start, argument = position, ""
        following = self.at(position + 1)
        match character:
            case "\n":
                self.write("\n")
                self.line_start = True
                return position + 1
            case "_" if following == "_":
                name, position = "Underline", position + 2
            case "_":
                name, position = "Italic", position + 1
            case "*":
                name, position = "Bold", position + 1
            case "~":
                name, position = "Strikethrough", position + 1
            case "|" if following == "|":
                name, position = "Spoiler", position + 2
            case "[":
                name, position = "TextUrl", position + 1
            case "!" if following == "[":
                name, position = "CustomEmoji", position + 2
            case "`" if self.source.startswith("```", position):
                name, argument, position = self.fence(position + 3)
            case "`":
                name, position = "Code", position + 1
            case ">" if self.line_start:
                if self.quoting:
                    self.line_start = False
                    return position + 1
                name, position = "BlockQuote", position + 1
                self.quoting = True
                self.line_start = False
            case _:
                raise MarkupError(
                    f"Character '{character}' is reserved and must be escaped "
                    "with the preceding '\\'"
                )
        if name in ("Code", "Pre", "PreCode"):
            self.line_start = False
        self.stack.append(_Open(name, argument, start, self.length, len(self.pieces)))
        return position

    def fence(self, position: int) -> tuple[str, str, int]:
        """What a ``` begins: Pre or PreCode, the language, where its content starts."""
        end = position
        while end < len(self.source) and self.source[end] not in _SPACE + "`":
            end += 1
        name, language = "Pre", ""
        if position < end < len(self.source) and self.source[end] != "`":
            name, language, position = "PreCode", self.source[position:end], end
        first = self.at(position)
        if first in "\r\n":
            position += (
                2 if self.at(position + 1) in "\r\n" and self.at(position + 1) != first else 1
            )
        return name, language, position

    def close(self, position: int) -> int:
        opened = self.stack.pop()
        width = {"Underline": 2, "Spoiler": 2, "Pre": 3, "PreCode": 3}.get(opened.name, 1)
        position += width
        extra: Payload | None = {}
        if opened.name in ("TextUrl", "CustomEmoji"):
            extra, position = self.linked(opened, position)
        elif opened.name == "PreCode":
            extra = {"language": opened.argument}
        if extra is not None and self.length > opened.offset:
            self.add(opened, extra)
        return position

    def add(self, opened: _Open, extra: Payload) -> None:
        entity: Payload = {
            "type": TYPES[opened.name],
            "offset": opened.offset,
            "length": self.length - opened.offset,
        }
        self.entities.append(entity | extra)

    def linked(self, opened: _Open, position: int) -> tuple[Payload | None, int]:
        emoji = opened.name == "CustomEmoji"
        if self.at(position) == "(":
            url, position = self.url(position + 1)
        elif emoji:
            raise MarkupError("The entity must contain a tg://emoji or tg://time URL")
        else:
            url = "".join(self.pieces[opened.pieces :])
        return (emoji_or_time(url) if emoji else link_entity(url)), position

    def url(self, start: int) -> tuple[str, int]:
        pieces: list[str] = []
        position = start
        while position < len(self.source) and self.source[position] != ")":
            if self.source[position] == "\\" and "\0" < self.at(position + 1) <= "~":
                position += 1
            pieces.append(self.source[position])
            position += 1
        if self.at(position) != ")":
            raise MarkupError(f"Can't find end of a URL at byte offset {self.byte(start)}")
        return "".join(pieces), position + 1

    def end_quote(self, position: int, *, newline: bool) -> None:
        """A quote ends with its last line; a `||` that opened nothing before it folds it."""
        folded = False
        top = self.stack[-1]
        if top.name == "Spoiler" and not "".join(self.pieces[top.pieces :]).strip("\r"):
            self.stack.pop()
            folded = True
        if self.stack[-1].name != "BlockQuote":
            self.unclosed(self.stack[-1])
        opened = self.stack.pop()
        if newline:
            # The line break that ends a quote belongs to it.
            self.write("\n")
        if self.length > opened.offset:
            self.add(opened, {"type": "expandable_blockquote"} if folded else {})
        self.quoting = False
        self.line_start = True


def emoji_or_time(url: str) -> Payload:
    """The fields of a custom_emoji or date_time entity. Raises MarkupError."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MarkupError("Invalid tg://emoji or tg://time URL specified") from None
    place = (parts.netloc or parts.path.strip("/")).lower()
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "tg" and place == "emoji":
        found = query.get("id", [""])[0]
        if _EMOJI_ID.match(found) and int(found) < 2**63:
            return {"custom_emoji_id": found}
    if parts.scheme == "tg" and place == "time":
        try:
            moment = date_time(query.get("unix", [""])[0], query.get("format", [""])[0])
        except MarkupError:
            moment = None
        if moment is not None:
            return {"type": "date_time"} | moment
    raise MarkupError("Invalid tg://emoji or tg://time URL specified")


def parse_markdown(source: str) -> tuple[str, list[Payload]]:
    """The old Markdown: no nesting, no escapes inside an entity. Raises MarkupError."""
    pieces: list[str] = []
    length = 0
    entities: list[Payload] = []
    position = 0

    def write(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += utf16(text)

    while position < len(source):
        character = source[position]
        if character == "\\" and source[position + 1 : position + 2] in ("_", "*", "`", "["):
            write(source[position + 1])
            position += 2
            continue
        if character not in "_*`[":
            write(character)
            position += 1
            continue
        start = position
        end_mark, kind = {
            "_": ("_", "italic"),
            "*": ("*", "bold"),
            "`": ("`", "code"),
            "[": ("]", "text_link"),
        }[character]
        position += 1
        extra: Payload | None = {}
        if source.startswith("```", start):
            end_mark, kind, position = "```", "pre", start + 3
            found = _LANGUAGE.match(source, position)
            if found:
                extra, position = {"language": found[1]}, found.end()
            if source[position : position + 1] in ("\n", "\r"):
                position += 1
        end = source.find(end_mark, position)
        if end < 0:
            raise MarkupError(
                "Can't find end of the entity starting at byte offset "
                f"{len(source[:start].encode())}"
            )
        inside = source[position:end]
        offset = length
        write(inside)
        position = end + len(end_mark)
        if kind == "text_link":
            url = inside
            if source.startswith("(", position):
                stop = source.find(")", position)
                stop = len(source) if stop < 0 else stop
                url, position = source[position + 1 : stop], stop + 1
            extra = link_entity(url)
        if extra is not None and length > offset:
            entities.append({"type": kind, "offset": offset, "length": length - offset} | extra)
    return "".join(pieces), entities
