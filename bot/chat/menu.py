"""The bot's menu and what a newcomer reads of it, as the library in force has them."""

from __future__ import annotations

from bot import telemetry
from bot.chat import routes
from bot.chat.desk import Desk
from bot.delivery.transport import CallFailed
from bot.text import load_words

log = telemetry.logger(__name__)


async def hang_menu(desk: Desk) -> None:
    """Set the menu and what a newcomer reads; the bot works without, so a refusal is only noted."""
    commands = [
        {"command": name, "description": line}
        for name, line in routes.menu(load_words(), desk.publisher.library)
    ]
    words = load_words()
    own = [
        {"command": name, "description": line}
        for name, line in routes.admin_menu(words, desk.publisher.library)
    ]
    calls: list[tuple[str, dict[str, object]]] = [
        ("setMyCommands", {"commands": commands}),
        ("setMyDescription", {"description": words("about.description")}),
        ("setMyShortDescription", {"short_description": words("about.short")}),
    ]
    calls += [
        ("setMyCommands", {"commands": own, "scope": {"type": "chat", "chat_id": admin}})
        for admin in sorted(desk.admins)
        if admin > 0
    ]
    for method, params in calls:
        try:
            await desk.post.call(method, params)
        except CallFailed as failure:
            log.warning("The bot's profile is as it was.", action=method, why=str(failure))
