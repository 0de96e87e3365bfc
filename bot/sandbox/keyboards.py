"""Reply markups: what is taken, and in whose words what is not."""

from __future__ import annotations

import json

from bot.sandbox.chats import Payload
from bot.sandbox.links import LinkError, check_url
from bot.sandbox.params import (
    Field,
    Params,
    as_object,
    field_boolean,
    field_integer,
    field_list,
    field_text,
)
from bot.sandbox.refusals import Refusal, bad

MOST_BUTTONS = 100
MOST_REPLY_BUTTONS = 300
MOST_BYTES = 10240
STYLES = ("danger", "success", "primary")

ACTIONS = (
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
)
"""What an inline button can do, in the order in which the server looks."""

_REQUESTS = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
}


def read_markup(params: Params, *, private: bool = True) -> Payload | None:
    """The parameter `reply_markup` as the server keeps it; None without one. Raises a 400."""
    value = params.values.get("reply_markup")
    if value is None or value == "":
        return None
    return keep_markup(params.json("reply_markup", "reply keyboard markup"), private=private)


def keep_markup(value: object, *, private: bool = True) -> Payload | None:
    """A reply markup checked; None for an empty inline keyboard."""
    if not isinstance(value, dict):
        raise bad("Object expected as reply markup")
    try:
        return _read(value, private)
    except Field as error:
        raise bad(str(error)) from None


def inline_only(markup: Payload | None) -> Payload | None:
    """The markup of an edit, which may only be an inline keyboard."""
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("Inline keyboard expected")
    return markup


def _read(given: Payload, private: bool) -> Payload | None:
    if "inline_keyboard" in given:
        return _inline(given, private)
    if "keyboard" in given:
        return _reply(given, private)
    if field_boolean(given, "remove_keyboard"):
        return {"remove_keyboard": True, "selective": field_boolean(given, "selective")}
    if field_boolean(given, "force_reply"):
        return {
            "force_reply": True,
            "selective": field_boolean(given, "selective"),
            "input_field_placeholder": _placeholder(given),
        }
    return None


def _placeholder(given: Payload) -> str:
    text = field_text(given, "input_field_placeholder")
    if len(text) > 64:
        raise bad("INPUT_FIELD_PLACEHOLDER_TOO_LONG")
    return text


def _rows(given: Payload, name: str) -> list[list[Payload]]:
    rows = []
    for row in field_list(given, name):
        if not isinstance(row, list):
            raise Field(f'Field "{name}" must be an Array of Arrays')
        if row:
            rows.append(row)
    return rows


def _inline(given: Payload, private: bool) -> Payload | None:
    rows = []
    count = size = 0
    for row in _rows(given, "inline_keyboard"):
        buttons = []
        for button in row:
            try:
                buttons.append(_button(as_object(button), private))
            except Field as error:
                raise bad(f"Can't parse inline keyboard button: {error}") from None
        count += len(buttons)
        rows.append(buttons)
    if count > 8:
        size = len(json.dumps(rows, ensure_ascii=False).encode())
    if count > MOST_BUTTONS or size > MOST_BYTES:
        raise bad("Reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _button(given: Payload, private: bool) -> Payload:
    text = field_text(given, "text", required=True)
    if not text.strip():
        raise bad("Inline keyboard button text must be non-empty")
    button: Payload = {"text": text}
    if style := field_text(given, "style"):
        if style not in STYLES:
            raise Field("Unsupported button style specified")
        button["style"] = style
    if icon := field_text(given, "icon_custom_emoji_id"):
        button["icon_custom_emoji_id"] = icon
    for action in ACTIONS:
        if action in given:
            value = _act(action, given, private)
            if value is not None:
                button[action] = value
                return button
    raise Field("Text buttons are unallowed in the inline keyboard")


def _act(action: str, given: Payload, private: bool) -> object:
    """What the button does, checked; None where it counts as doing nothing."""
    match action:
        case "url":
            return _url(field_text(given, "url"), "inline keyboard button URL")
        case "callback_data":
            data = field_text(given, "callback_data")
            if len(data.encode()) > 64:
                raise bad("BUTTON_DATA_INVALID")
            return data or None
        case "switch_inline_query" | "switch_inline_query_current_chat":
            return field_text(given, action)
        case "switch_inline_query_chosen_chat":
            chosen = as_object(given[action])
            for name in chosen:
                if name != "query":
                    field_boolean(chosen, name)
            return chosen
        case "login_url":
            login = as_object(given[action])
            field_boolean(login, "request_write_access")
            name = field_text(login, "bot_username")
            raise bad(f'Bot "{name}" not found' if name else "BOT_DOMAIN_INVALID")
        case "web_app":
            return _web_app(given, "inline keyboard button", private)
        case "copy_text":
            text = field_text(as_object(given[action]), "text", required=True)
            if not 1 <= len(text) <= 256:
                raise bad("BUTTON_COPY_TEXT_INVALID")
            return {"text": text}
    if action == "pay" and not field_boolean(given, "pay"):
        return None
    # Games and invoices are not of this world, so no button can belong to one.
    raise bad("BUTTON_TYPE_INVALID")


def _url(url: str, what: str) -> str | None:
    if not url:
        return None
    try:
        return check_url(url)
    except LinkError as error:
        raise bad(f"{what} '{url}' is invalid: {error}") from None


def _web_app(given: Payload, what: str, private: bool) -> Payload:
    url = field_text(as_object(given["web_app"]), "url", required=True)
    if not url.lower().startswith("https://"):
        raise bad(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed")
    _url(url, f"{what} Web App URL")
    if not private:
        raise bad("BUTTON_TYPE_INVALID")
    return {"url": url}


def _reply(given: Payload, private: bool) -> Payload | None:
    rows = []
    for row in _rows(given, "keyboard"):
        buttons = []
        for button in row:
            try:
                buttons.append(_key(button, private))
            except Field as error:
                raise bad(f"Can't parse keyboard button: {error}") from None
        rows.append(buttons)
    if sum(len(row) for row in rows) > MOST_REPLY_BUTTONS:
        raise bad("Reply markup is too long")
    if not rows:
        return None
    return {
        "keyboard": rows,
        "is_persistent": field_boolean(given, "is_persistent"),
        "resize_keyboard": field_boolean(given, "resize_keyboard"),
        "one_time_keyboard": field_boolean(given, "one_time_keyboard"),
        "input_field_placeholder": _placeholder(given),
        "selective": field_boolean(given, "selective"),
    }


def _key(value: object, private: bool) -> Payload:
    if isinstance(value, str):
        value = {"text": value}
    given = as_object(value)
    text = field_text(given, "text", required=True)
    if not text.strip():
        raise bad("Keyboard button text must be non-empty")
    button: Payload = {"text": text}
    for name, elsewhere in _REQUESTS.items():
        if not given.get(name):
            continue
        if not private:
            raise bad(elsewhere)
        if name in ("request_users", "request_chat"):
            button[name] = _request(name, as_object(given[name]))
        else:
            button[name] = field_boolean(given, name)
        return button
    if "web_app" in given:
        button["web_app"] = _web_app(given, "keyboard button", private)
    if "request_poll" in given:
        raise _unasked("request_poll")
    return button


def _request(name: str, given: Payload) -> Payload:
    request: Payload = dict(given)
    request["request_id"] = field_integer(given, "request_id", required=True)
    for key in given:
        if key.endswith(("_rights", "request_id", "max_quantity")):
            continue
        field_boolean(given, key)
    if name == "request_users" and field_integer(given, "max_quantity", default=1) > 10:
        raise bad("BUTTON_QUANTITY_MAX_INVALID")
    return request


def _unasked(what: str) -> Refusal:
    return Refusal(501, f"Not Implemented: the sandbox has no {what} buttons")
