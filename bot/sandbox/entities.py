"""From what a call says to the text and entities that a chat gets.

The parse mode or the entities given, then what the server does to every text: control characters
go, the ends are trimmed, entities are put in order, commands, mentions and links are found, and
no more than 100 entities stay. Lengths are code points, offsets UTF-16 units.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.sandbox.chats import Payload
from bot.sandbox.html import MarkupError, parse_html, utf16
from bot.sandbox.links import LinkError, check_url
from bot.sandbox.markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.params import Field, as_object, field_integer, field_text
from bot.sandbox.refusals import bad

Known = Callable[[int], Payload | None]
"""The User of an id, or None where the bot knows no such person."""

RAW_BYTES = 32768
KEPT_BYTES = 35000
MOST_ENTITIES = 100
ENTITY_BYTES = 9500

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_QUOTES = ("blockquote", "expandable_blockquote")
_FOUND_TYPES = frozenset(
    (
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    )
)
_ORDER = {
    name: place
    for place, name in enumerate(
        (
            *_QUOTES,
            "pre",
            "code",
            "text_link",
            "text_mention",
            "custom_emoji",
            "date_time",
            *SPLITTABLE,
        )
    )
}
_DIRTY = re.compile("[\0-\x09\x0b-\x1f\u030a\u0333\u033f\u2028-\u202e]")
_GONE = re.compile("[\r\u030a\u0333\u033f\u2028-\u202e]")
_EMPTY = re.compile("[\\s\u180e\u2000-\u200f\u202f\u205f\u2060-\u2064\u2800\u3000\ufeff\ufffc]*\\Z")
_DOMAINS = "com|org|net|info|io|me|dev|app|ru|de|fr|uk|eu|am|az|ge|kz|uz|kg|tj|tm|tr|cn"
_HINT = re.compile(rf"[@#/$]|\.(?:{_DOMAINS})(?![\w-])")
_AUTO = re.compile(
    rf"""
    (?P<url>https?://[^\s<>"]+ | (?<![\w.@/])(?:[\w-]+\.)+
        (?:{_DOMAINS})
        (?![\w-])(?:[/?\#][^\s<>"]*)?)
    | (?P<email>(?<![\w.+-])[A-Za-z0-9._+-]+@(?:[\w-]+\.)+[A-Za-z]{{2,}})
    | (?P<mention>(?<![\w@/])@[A-Za-z0-9_]{{3,32}}(?!\w))
    | (?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{{1,64}}(?:@[A-Za-z0-9_]{{3,32}})?(?![\w/]))
    | (?P<hashtag>(?<![\w\#&])\#\w*[^\W\d_]\w*)
    | (?P<cashtag>(?<![\w$])\$[A-Z]{{3,8}}(?!\w))
    """,
    re.VERBOSE,
)


def formatted(text: str, parse_mode: str, given: object, known: Known) -> tuple[str, list[Payload]]:
    """The text and entities of a message, cleaned. `given` is the parameter `entities`.

    Raises the 400s of parsing; too long or empty is for the caller to say.
    """
    if len(text) * 4 > RAW_BYTES and len(text.encode()) > RAW_BYTES:
        raise bad("Text is too long")
    mode = parse_mode.lower()
    try:
        match mode:
            case "html":
                text, entities = parse_html(text)
            case "markdownv2":
                text, entities = parse_markdown_v2(text)
            case "markdown":
                text, entities = parse_markdown(text)
            case "" | "none":
                entities = explicit(text, given, known) if given is not None else []
            case _:
                raise bad("Unsupported parse_mode")
    except MarkupError as error:
        raise bad(f"Can't parse entities: {error}") from None
    return finish(text, entities, known)


def finish(text: str, entities: list[Payload], known: Known) -> tuple[str, list[Payload]]:
    """Clean, trim, put in order, find what is found by itself, keep the first hundred."""
    if _DIRTY.search(text) or len(text) > KEPT_BYTES // 4:
        text, entities = _clean(text, entities)
    entities = [_with_user(entity, known) for entity in entities if _is_known(entity, known)]
    text, entities = _trim(text, entities)
    if len(entities) > 1:
        entities = _arrange(entities)
    if _HINT.search(text):
        entities = _find(text, entities)
    if len(entities) > MOST_ENTITIES:
        del entities[MOST_ENTITIES:]
    if sum(16 + len(entity.get("url", "")) for entity in entities) > ENTITY_BYTES:
        raise bad("ENTITIES_TOO_LONG")
    return text, entities


def is_blank(text: str) -> bool:
    """Whether a text has nothing that can be seen."""
    return _EMPTY.match(text) is not None


def explicit(text: str, given: object, known: Known) -> list[Payload]:
    """The entities of the parameter `entities`, checked against the text."""
    if not isinstance(given, list):
        raise bad("Can't parse message entities JSON object")
    encoded = text.encode("utf-16-le")
    found = []
    for item in given:
        try:
            entity = _read(item)
        except Field as error:
            raise bad(f"Can't parse MessageEntity: {error}") from None
        if entity is not None:
            _check(entity, encoded, known)
            found.append(entity)
    return found


def _read(item: object) -> Payload | None:
    given = as_object(item)
    offset = field_integer(given, "offset", required=True)
    length = field_integer(given, "length", required=True)
    kind = field_text(given, "type", required=True)
    if kind in _FOUND_TYPES:
        return None
    if kind not in _ORDER:
        raise Field("Unsupported type specified")
    entity: Payload = {"type": kind, "offset": offset, "length": length}
    match kind:
        case "text_link":
            entity["url"] = field_text(given, "url", required=True)
        case "pre":
            if language := field_text(given, "language"):
                entity["language"] = language
        case "custom_emoji":
            found = field_text(given, "custom_emoji_id", required=True)
            if not found.isdigit() or not 0 < int(found) < 2**63:
                raise Field('Field "custom_emoji_id" must be a valid Number')
            entity["custom_emoji_id"] = found
        case "text_mention":
            if "user" not in given:
                raise Field('Can\'t find field "user"')
            user = as_object(given["user"])
            entity["user"] = {"id": field_integer(user, "id", required=True)}
        case "date_time":
            entity["unix_time"] = field_integer(given, "unix_time", required=True)
            entity["date_time_format"] = field_text(given, "date_time_format")
    return entity


def _check(entity: Payload, encoded: bytes, known: Known) -> None:
    start, length = entity["offset"], entity["length"]
    end, total = start + length, len(encoded) // 2
    if start < 0:
        raise bad(f"Receive an entity with incorrect offset {start}")
    if length < 0:
        raise bad(f"Receive an entity with incorrect length {length}")
    if start > total:
        raise bad(f"Entity begins after the end of the text at UTF-16 offset {start}")
    if end > total:
        raise bad(
            f"Entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    for place, verb in ((start, "begins"), (end, "ends")):
        if place < total and 0xDC <= encoded[2 * place + 1] <= 0xDF:
            raise bad(f"Entity {verb} in a middle of a UTF-16 symbol at UTF-16 offset {place}")
    if entity["type"] == "text_link":
        try:
            entity["url"] = check_url(entity["url"])
        except LinkError as error:
            raise bad(f"Entity URL '{entity['url']}' is invalid: {error}") from None
    if entity["type"] == "text_mention" and known(entity["user"]["id"]) is None:
        raise bad("User not found")


def _is_known(entity: Payload, known: Known) -> bool:
    return entity["type"] != "text_mention" or known(entity["user"]["id"]) is not None


def _with_user(entity: Payload, known: Known) -> Payload:
    if entity["type"] != "text_mention":
        return entity
    return entity | {"user": known(entity["user"]["id"])}


def _clean(text: str, entities: list[Payload]) -> tuple[str, list[Payload]]:
    """Control characters become spaces; carriage returns and marks of direction go."""
    text = text.encode()[:KEPT_BYTES].decode(errors="ignore")
    gone = [utf16(text[: found.start()]) for found in _GONE.finditer(text)]
    cleaned = _DIRTY.sub(" ", _GONE.sub("", text))
    total = utf16(cleaned)

    def moved(offset: int) -> int:
        return min(total, offset - sum(1 for place in gone if place < offset))

    kept = []
    for entity in entities:
        start = moved(entity["offset"])
        end = moved(entity["offset"] + entity["length"])
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return cleaned, kept


def _trim(text: str, entities: list[Payload]) -> tuple[str, list[Payload]]:
    """Spaces and line breaks go from the end, and from the start up to the first entity."""
    trimmed = text.rstrip(" \n")
    first = min((entity["offset"] for entity in entities), default=len(trimmed))
    lead = 0
    while lead < min(first, len(trimmed)) and trimmed[lead] in " \n":
        lead += 1
    if not lead and len(trimmed) == len(text):
        return text, entities
    trimmed = trimmed[lead:]
    total = utf16(trimmed)
    kept = []
    for entity in entities:
        start = entity["offset"] - lead
        length = min(entity["length"], total - start)
        if length > 0:
            kept.append(entity | {"offset": start, "length": length})
    return trimmed, kept


def _place(entity: Payload) -> tuple[int, int, int]:
    return entity["offset"], -entity["length"], _ORDER.get(entity["type"], 99)


def _arrange(entities: list[Payload]) -> list[Payload]:
    """Nested and in order: equal styles are joined, nothing stands inside code."""
    solid: list[Payload] = []
    code: list[tuple[int, int]] = []
    quote_end = solid_end = 0
    for entity in sorted(
        (entity for entity in entities if entity["type"] not in SPLITTABLE), key=_place
    ):
        end = entity["offset"] + entity["length"]
        if entity["type"] in _QUOTES:
            if entity["offset"] < max(quote_end, solid_end):
                continue
            quote_end = end
        else:
            if entity["offset"] < solid_end or entity["offset"] < quote_end < end:
                continue
            solid_end = end
            if entity["type"] in ("pre", "code"):
                code.append((entity["offset"], end))
        solid.append(entity)
    used = {entity["type"] for entity in entities}
    styles = [
        {"type": kind, "offset": start, "length": end - start}
        for kind in SPLITTABLE
        if kind in used
        for start, end in _joined(entities, kind, code)
    ]
    return _nested(sorted([*solid, *styles], key=_place))


def _joined(
    entities: list[Payload], kind: str, code: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for start, length in sorted(
        (entity["offset"], entity["length"]) for entity in entities if entity["type"] == kind
    ):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], start + length))
        else:
            ranges.append((start, start + length))
    for begin, stop in code:
        ranges = [
            part
            for start, end in ranges
            for part in ((start, min(end, begin)), (max(start, stop), end))
            if part[0] < part[1]
        ]
    return ranges


def _nested(entities: list[Payload]) -> list[Payload]:
    """Styles that cross another entity's end are cut there, so that all of them nest."""
    done: list[Payload] = []
    waiting = list(reversed(entities))
    stack: list[int] = []
    while waiting:
        entity = waiting.pop()
        start, end = entity["offset"], entity["offset"] + entity["length"]
        while stack and stack[-1] <= start:
            stack.pop()
        if stack and end > stack[-1] and entity["type"] in SPLITTABLE:
            rest = entity | {"offset": stack[-1], "length": end - stack[-1]}
            entity = entity | {"length": stack[-1] - start}
            end = stack[-1]
            place = len(waiting)
            while place and _place(waiting[place - 1]) < _place(rest):
                place -= 1
            waiting.insert(place, rest)
        done.append(entity)
        stack.append(end)
    return sorted(done, key=_place)


def _find(text: str, entities: list[Payload]) -> list[Payload]:
    """Add the mentions, commands, hashtags and links that stand in the text by themselves."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in entities
        if entity["type"] not in SPLITTABLE and entity["type"] not in _QUOTES
    ]
    ascii_only = text.isascii()
    added = []
    for found in _AUTO.finditer(text):
        kind = found.lastgroup or ""
        shown = found[0].rstrip(".,;:!?'\"") if kind == "url" else found[0]
        if kind == "url" and shown.endswith(")") and "(" not in shown:
            shown = shown.rstrip(")")
        start = found.start() if ascii_only else utf16(text[: found.start()])
        length = utf16(shown)
        if any(start < stop and begin < start + length for begin, stop in taken):
            continue
        added.append({"type": kind, "offset": start, "length": length})
    return sorted([*entities, *added], key=_place) if added else entities
