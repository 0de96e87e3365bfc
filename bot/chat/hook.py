"""The webhook, set and watched: where Telegram cannot bring updates, nothing else would tell.

Every two minutes Telegram is asked how it stands. A webhook that was changed is set again; what
keeps updates from coming is told to the admins when it begins and when it is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from bot import telemetry
from bot.chat.polling import ALLOWED, Keep, SetAside, Tell
from bot.chat.unreadable import number_in
from bot.clock import Clock
from bot.delivery.post import Post
from bot.delivery.transport import CallFailed
from bot.errors import ConfigError, StoreError
from bot.text import Words

T = TypeVar("T")

log = telemetry.logger(__name__)

EVERY = 120.0
"""Seconds between two looks."""
STUCK = 300.0
"""Seconds in which updates wait and none comes, after which the admins are told."""
SLACK = 30.0
"""Seconds that Telegram's clock and ours may lie apart."""
SELDOM = 3600.0
"""Seconds in which the admins are not told again that it was changed, or of what cannot be read."""
MOST_SAID = 200
"""Characters of Telegram's own words that are handed on."""


async def take_off(post: Post) -> None:
    """Have updates fetched: a webhook that is still set would keep them from us."""
    try:
        await post.call("deleteWebhook", {"drop_pending_updates": False})
    except CallFailed as failure:
        log.warning("A webhook may still be set.", action="webhook", why=str(failure))


class Hook:
    """Has updates brought to `url`, and handed on to `keep`; `secret` shows that it is Telegram."""

    def __init__(
        self,
        post: Post,
        clock: Clock,
        keep: Keep,
        set_aside: SetAside,
        words: Words,
        tell: Tell,
        url: str,
        secret: str,
    ) -> None:
        self._post = post
        self._clock = clock
        self._keep = keep
        self._set_aside = set_aside
        self._words = words
        self._tell = tell
        self._url = url
        self.secret = secret
        self._trouble: str | None = None
        self._since = 0.0
        self._looked_at = clock.monotonic()
        self._is_blind = False
        self._is_refusing = False
        self._taken = 0
        self._told: dict[str, float] = {}
        # The last update that came: by the count of seconds, and by the clock on the wall.
        self._came = self._came_at = float("-inf")
        self._waits_since: float | None = None
        self._failed_at = 0

    def __repr__(self) -> str:
        return f"Hook({self.state})"

    @property
    def path(self) -> str:
        """Where on our side Telegram calls."""
        return urlsplit(self._url).path

    @property
    def state(self) -> str:
        """`well`; `stuck` and `elsewhere` where nothing comes; `refusing` while nothing can be
        kept; `unknown` where Telegram has not told for some minutes.
        """
        if self._is_refusing:
            return "refusing"
        if self._trouble is not None:
            return self._trouble
        if self._taken > 1:
            return "elsewhere"
        is_old = self._clock.monotonic() - self._looked_at > EVERY + STUCK
        return "unknown" if is_old else "well"

    async def set(self) -> None:
        """Have updates brought. Raises ConfigError where Telegram refuses the webhook."""
        try:
            await self._set()
        except CallFailed as failure:
            raise ConfigError((f"BRIEFING_WEBHOOK_URL is refused: {failure}",)) from failure
        self._failed_at = int(self._clock.now().timestamp())

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        """Take what was brought. Raises StoreError."""
        await self._take(self._keep(updates))

    async def set_aside(self, body: bytes) -> None:
        """Put away what was brought and cannot be read. Raises StoreError."""
        number = number_in(body, 0)
        if number is None:
            log.error("A webhook call held no update.", action="update unreadable")
        elif await self._take(self._set_aside(number, body)):
            await self._tell_seldom("intake.unreadable", update=str(number))

    async def watch(self) -> None:
        """Look every two minutes, for ever."""
        while True:
            await self._clock.sleep(EVERY)
            await self._look()

    async def _set(self) -> None:
        params = {
            "url": self._url,
            "secret_token": self.secret,
            "allowed_updates": list(ALLOWED),
            "max_connections": 40,
        }
        await self._post.call("setWebhook", params)

    async def _take(self, work: Awaitable[T]) -> T:
        """Something came, whatever becomes of it."""
        self._came = self._clock.monotonic()
        self._came_at = self._clock.now().timestamp()
        try:
            done = await work
        except StoreError:
            self._is_refusing = True
            raise
        self._is_refusing = False
        return done

    # --- looking ---------------------------------------------------------------------------

    async def _look(self) -> None:
        try:
            found = await self._post.call("getWebhookInfo", {})
        except CallFailed as failure:
            if not self._is_blind:
                why = str(failure)
                log.warning("Telegram does not tell of the webhook.", action="webhook", why=why)
            self._is_blind = True
            return
        if not isinstance(found, dict):
            return
        self._looked_at, self._is_blind = self._clock.monotonic(), False
        if not _is_same(found.get("url"), self._url):
            await self._set_again()
            return
        self._taken = 0
        await self._weigh(found)

    async def _set_again(self) -> None:
        """Somebody has changed it."""
        self._taken += 1
        try:
            await self._set()
        except CallFailed as failure:
            log.error("The webhook is not ours.", action="webhook", why=str(failure))
            await self._begin("elsewhere", lambda: self._words("intake.hook.lost"))
            return
        log.warning("The webhook was changed; it is set again.", action="webhook set again")
        if self._trouble is None:
            await self._tell_seldom("intake.hook.again")

    async def _renew_secret(self) -> None:
        """Our own door may have refused: by the right address, with somebody else's secret."""
        try:
            await self._set()
        except CallFailed as failure:
            log.warning("The webhook cannot be renewed.", action="webhook", why=str(failure))

    async def _weigh(self, found: dict[str, Any]) -> None:
        """It is ours: whether updates come by it."""
        now = self._clock.monotonic()
        waiting = _whole(found.get("pending_update_count"))
        failed_at = _whole(found.get("last_error_date"))
        # What failed before the last one that came is over.
        is_fresh = failed_at > max(self._failed_at, self._came_at + SLACK)
        self._failed_at = max(self._failed_at, failed_at)
        if not waiting:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = now
        else:
            self._waits_since = max(self._waits_since, self._came)
        is_stuck = self._waits_since is not None and now - self._waits_since >= STUCK
        is_lasting = self._trouble is not None and waiting > 0 and self._came <= self._since
        if not (is_fresh or is_stuck):
            if not is_lasting:
                await self._end()
            return
        said = self._said(found) if failed_at == self._failed_at else ""
        if is_fresh and "403" in said:
            await self._renew_secret()
        await self._begin(
            "stuck",
            lambda: self._words(
                "intake.hook.stuck" if said else "intake.hook.still",
                said=said,
                count=self._words.number(waiting),
            ),
        )

    def _said(self, found: dict[str, Any]) -> str:
        """Telegram's own words on what failed, with nothing in them that is not for the eye."""
        said = str(found.get("last_error_message", ""))
        for hidden in (self.secret, self._url, self.path.strip("/")):
            said = said.replace(hidden, "***") if hidden else said
        return " ".join(said.split())[:MOST_SAID].rstrip(".")

    # --- telling ---------------------------------------------------------------------------

    async def _tell_seldom(self, key: str, **values: str) -> None:
        now = self._clock.monotonic()
        if now - self._told.get(key, -SELDOM) >= SELDOM:
            self._told[key] = now
            await self._tell(self._words(key, **values))

    async def _begin(self, trouble: str, text: Callable[[], str]) -> None:
        """It is told once, with the first reason for it."""
        if self._trouble is None:
            self._since = self._clock.monotonic()
        if self._trouble != trouble:
            self._trouble = trouble
            log.error("The webhook brings nothing.", action="webhook stuck", trouble=trouble)
            await self._tell(text())

    async def _end(self) -> None:
        if self._trouble is None:
            return
        seconds = self._clock.monotonic() - self._since
        self._trouble = None
        log.info("The webhook brings updates again.", action="webhook well", seconds=round(seconds))
        minutes = self._words.number(round(seconds / 60))
        await self._tell(self._words("intake.hook.well", minutes=minutes))


def _is_same(told: object, ours: str) -> bool:
    """Whether two addresses are one, however they are written."""
    if not isinstance(told, str) or not told:
        return False
    try:
        return _plain(urlsplit(told)) == _plain(urlsplit(ours))
    except ValueError:
        return False


def _plain(url: SplitResult) -> tuple[object, ...]:
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return url.scheme, url.hostname, port, url.path or "/", url.query


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
