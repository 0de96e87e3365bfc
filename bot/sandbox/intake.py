"""The Bot API methods by which the bot takes its updates."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from bot.sandbox.chats import Payload
from bot.sandbox.params import Params
from bot.sandbox.refusals import bad, conflict
from bot.sandbox.state import State
from bot.sandbox.updates import OTHER_POLLER, Webhook

PORTS = (80, 88, 443, 8443)
HOOKED = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)
SET_WEBHOOK = "terminated by setWebhook request"
KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    ]
)
_SECRET = re.compile(r"[A-Za-z0-9_-]*\Z")


def choose_kinds(state: State, params: Params) -> None:
    """The parameter `allowed_updates`: not sent keeps the old list, empty means the usual kinds.

    Names that the API does not have are passed over, and complained of in a strict world.
    """
    if not params.has("allowed_updates"):
        return
    given = params.json("allowed_updates", "allowed updates")
    if not isinstance(given, list):
        raise bad("Can't parse allowed_updates JSON object")
    unknown = sorted({str(kind) for kind in given} - KINDS)
    if unknown and state.strict:
        state.complain(f"allowed_updates names unknown kinds: {', '.join(unknown)}")
    state.updates.allow(str(kind) for kind in given if kind in KINDS)


def get_updates(state: State, params: Params) -> object:
    """getUpdates, without waiting; `exchange` waits."""
    updates = state.updates
    if updates.webhook is not None:
        raise conflict(HOOKED)
    updates.end(OTHER_POLLER)
    choose_kinds(state, params)
    limit = params.integer("limit", 100)
    limit = 100 if limit <= 0 else min(limit, 100)
    return updates.fetch(params.integer("offset"), limit, state.now())


def set_webhook(state: State, params: Params) -> object:
    """setWebhook; an empty url deletes it."""
    url = params.text("url")
    if not url:
        return delete_webhook(state, params)
    secret = params.text("secret_token")
    if len(secret) > 256:
        raise bad("Secret token is too long")
    if not _SECRET.match(secret):
        raise bad("Secret token contains unallowed characters")
    _check_url(state, url)
    choose_kinds(state, params)
    if params.boolean("drop_pending_updates"):
        state.updates.pending.clear()
    state.updates.end(SET_WEBHOOK)
    state.updates.webhook = Webhook(
        url,
        secret,
        params.integer("max_connections", 40, 1, 100),
        params.text("ip_address"),
        "certificate" in params.files,
    )
    state.updates.news()
    return True


def _check_url(state: State, url: str) -> None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port
    except ValueError:
        raise bad("Invalid webhook URL specified") from None
    host = parts.hostname
    if not host or parts.scheme not in ("http", "https"):
        raise bad("Invalid webhook URL specified")
    if state.local:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost":
            raise bad("bad webhook: IP address 127.0.0.1 is reserved") from None
        return
    if address.version != 4 or not address.is_global:
        raise bad(f"bad webhook: IP address {address} is reserved")


def delete_webhook(state: State, params: Params) -> object:
    """deleteWebhook."""
    if params.boolean("drop_pending_updates"):
        state.updates.pending.clear()
    state.updates.webhook = None
    state.updates.news()
    return True


def webhook_info(state: State, params: Params) -> object:
    """getWebhookInfo."""
    updates = state.updates
    updates.expire(state.now())
    hook = updates.webhook
    info: Payload = {
        "url": hook.url if hook else "",
        "has_custom_certificate": bool(hook and hook.certificate),
        "pending_update_count": len(updates.pending),
    }
    if hook is not None:
        info["max_connections"] = hook.max_connections
        info["ip_address"] = hook.ip_address or "127.0.0.1"
        if hook.error:
            info |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    if updates.allowed:
        info["allowed_updates"] = sorted(updates.allowed)
    return info
