"""Which links Telegram takes, and what it makes of them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.chats import Payload

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST = re.compile(r"(?:[\w\-]+\.)+[\w\-]{2,}\Z|\d{1,3}(?:\.\d{1,3}){3}\Z|\[[0-9A-Fa-f:.]+\]\Z")
_USER = re.compile(r"[1-9][0-9]{0,18}\Z")


class LinkError(ValueError):
    """Why a link is refused, in the server's words."""


def check_url(url: str) -> str:
    """The link as Telegram keeps it: with a scheme, and a slash after the host.

    http, https, tg, ton and tonsite pass, as does a bare domain; a host without a dot, such as
    localhost, does not. Raises LinkError.
    """
    if not url:
        raise LinkError("URL host is empty")
    if any(character.isspace() or character < " " for character in url):
        raise LinkError("Wrong HTTP URL")
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    after = url[found.end() :] if found else url
    if scheme in ("tg", "ton", "tonsite"):
        rest = after.removeprefix("//")
        if not rest:
            raise LinkError("Wrong tg URL")
        return f"{scheme}://{rest}"
    if found and (after.startswith("//") or not after[:1].isdigit()):
        if scheme not in ("http", "https"):
            raise LinkError("Unsupported URL protocol")
    else:
        scheme, after = "http", url
    return _web(scheme, after.lstrip("/"))


def _web(scheme: str, rest: str) -> str:
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port
    except ValueError:
        raise LinkError("Wrong HTTP URL") from None
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise LinkError("URL host is empty")
    shown = f"[{host}]" if ":" in host else host
    if port == 0 or not _HOST.match(shown):
        raise LinkError("Wrong HTTP URL")
    place = re.split("[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(place) :]
    return f"{scheme}://{place}{tail if tail.startswith('/') else f'/{tail}'}"


def checked_link(url: str) -> str:
    """The link as kept, or nothing when it is none."""
    try:
        return check_url(url)
    except LinkError:
        return ""


def user_of(url: str) -> int:
    """The id in `tg://user?id=...`, or 0."""
    if not url.lower().startswith("tg:"):
        return 0
    try:
        parts = urlsplit(url)
    except ValueError:
        return 0
    place = (parts.netloc or parts.path.strip("/")).lower()
    found = parse_qs(parts.query).get("id", [""])[0]
    return int(found) if place == "user" and _USER.match(found) else 0


def link_entity(url: str) -> Payload | None:
    """The fields of a text_link or text_mention; None where the link is dropped in silence."""
    user = user_of(url)
    if user:
        # Completed with the whole User, or dropped, by whoever knows the persons.
        return {"type": "text_mention", "user": {"id": user}}
    checked = checked_link(url)
    return {"type": "text_link", "url": checked} if checked else None
