"""A world for a test: a clock moved by hand, Ada who has started the bot, and short calls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.clock import ManualClock
from bot.sandbox.chats import Payload, Person
from bot.sandbox.dispatch import Files
from bot.sandbox.people import grey_dot
from bot.sandbox.rates import Rates
from bot.sandbox.world import World

START = datetime(2025, 11, 24, 8, 0, tzinfo=UTC)
PNG = grey_dot()


class House(World):
    """A world whose clock is at hand."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock(START)
        settings.setdefault("rates", Rates(private=False, group=False, overall=False))
        super().__init__(lambda: self.clock.now().timestamp(), **settings)

    def started(self, name: str = "Ada", **more: Any) -> Person:
        """A person who has started the bot; the update about it is taken."""
        person = self.person(name, **more)
        self.start(person)
        self.news()
        return person

    def ask(self, method: str, files: Files | None = None, **params: Any) -> Any:
        """Call a method that must succeed; its result."""
        reply = self.call(method, params, files)
        assert reply.status == 200, reply.body
        return reply.body["result"]

    def refused(self, method: str, files: Files | None = None, **params: Any) -> str:
        """Call a method that must be refused; `400 Bad Request: ...` with its code."""
        reply = self.call(method, params, files)
        assert reply.status != 200, reply.body
        assert reply.body["ok"] is False
        assert reply.body["error_code"] == reply.status
        return f"{reply.status} {reply.body['description']}"

    def news(self) -> list[Payload]:
        """What waits for the bot; it is confirmed."""
        found: list[Payload] = self.ask("getUpdates")
        if found:
            self.ask("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    def kinds(self) -> list[str]:
        """The kinds of what waits; it is confirmed."""
        return [next(name for name in update if name != "update_id") for update in self.news()]
