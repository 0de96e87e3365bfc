"""How the Bot API says no. Descriptions are Telegram's own words."""

from __future__ import annotations

from bot.sandbox.chats import Payload


class Refusal(Exception):
    """A call refused: status, description, and the parameters that go with it."""

    def __init__(self, code: int, description: str, parameters: Payload | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Payload:
        """The JSON body of the answer."""
        body: Payload = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class Unmodelled(Refusal):
    """Real, but not in this sandbox; a 501, so that nobody takes it for Telegram's answer."""

    def __init__(self, what: str) -> None:
        super().__init__(501, f"Not Implemented: {what}")


def bad(detail: str) -> Refusal:
    """A 400; the first letter is lowered unless a raw code (MESSAGE_TOO_LONG) begins."""
    second = detail[1:2]
    if not second.isupper() and second != "_":
        detail = detail[:1].lower() + detail[1:]
    return Refusal(400, f"Bad Request: {detail}")


def forbidden(detail: str) -> Refusal:
    """A 403."""
    return Refusal(403, f"Forbidden: {detail}")


def conflict(detail: str) -> Refusal:
    """A 409."""
    return Refusal(409, f"Conflict: {detail}")


def too_many(seconds: int) -> Refusal:
    """A 429 with its retry_after, in whole seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
