"""Who may ask the demo page for what: this machine only, and only pages that came from here.

Without it any web page that a browser has open could write in the demo's name, or read it by
pointing a host name of its own at 127.0.0.1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The host names under which a page on this machine is reached."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What goes with every answer: nothing from elsewhere, nothing inline, no frame around it."""


class Refused(Exception):
    """A request that is not answered as asked: the HTTP status and words for a person."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def admit(
    method: str, path: str, scheme: str, headers: Mapping[str, str], hosts: Collection[str]
) -> None:
    """Let a request in, or raise `Refused` (403, or 415 for a body that is not JSON)."""
    host = headers.get("Host", "")
    if _name(host) not in hosts:
        raise Refused(403, "This page answers on this machine only.")
    site = headers.get("Sec-Fetch-Site", "none")
    if path.startswith("/demo/") and site not in ("same-origin", "none"):
        raise Refused(403, "Another page may not use this one.")
    if method != "POST":
        return
    origin = headers.get("Origin")
    if origin is not None and origin != f"{scheme}://{host}":
        raise Refused(403, "Another page may not use this one.")
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        # A form of a foreign page cannot send this type unasked.
        raise Refused(415, "Send JSON.")


def _name(host: str) -> str:
    """The name in a Host header, without its port; empty when there is none to be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
