"""What the admins are told without having asked, each in their own chat."""

from __future__ import annotations

from bot import telemetry
from bot.delivery.post import Post
from bot.delivery.transport import CallFailed

log = telemetry.logger(__name__)

MOST = 4000
"""Characters of one message; the log has the whole."""


class Bell:
    """Tells the admins; what cannot be told is in the log."""

    def __init__(self, post: Post, admins: tuple[int, ...]) -> None:
        self._post = post
        self._admins = admins

    async def ring(self, text: str) -> None:
        log.warning(text, action="admins told")
        for admin in self._admins:
            try:
                await self._post.answer(admin, {"chat_id": admin, "text": text[:MOST]})
            except CallFailed as failure:
                log.warning(
                    "An admin could not be told.",
                    action="admin away",
                    admin=admin,
                    why=str(failure),
                )
