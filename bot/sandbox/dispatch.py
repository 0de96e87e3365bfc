"""One call of the Bot API: which method, with which parameters, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files as resources

from bot.sandbox import answers, edits, intake, lookups, menus, sends
from bot.sandbox.chats import Payload
from bot.sandbox.params import Params, Upload
from bot.sandbox.refusals import Refusal, Unmodelled, bad
from bot.sandbox.state import State

Files = Mapping[str, Upload]
Handler = Callable[[State, Params], object]

METHODS: dict[str, Handler] = {
    "getUpdates": intake.get_updates,
    "setWebhook": intake.set_webhook,
    "deleteWebhook": intake.delete_webhook,
    "getWebhookInfo": intake.webhook_info,
    "getMe": lookups.get_me,
    "logOut": lookups.log_out,
    "close": lookups.close,
    "sendMessage": sends.send_message,
    "sendPhoto": sends.send_photo,
    "sendDocument": sends.send_document,
    "sendLocation": sends.send_location,
    "sendChatAction": sends.send_chat_action,
    "forwardMessage": sends.forward_message,
    "copyMessage": sends.copy_message,
    "editMessageText": edits.edit_text,
    "editMessageCaption": edits.edit_caption,
    "editMessageMedia": edits.edit_media,
    "editMessageReplyMarkup": edits.edit_markup,
    "deleteMessage": edits.delete_message,
    "deleteMessages": edits.delete_messages,
    "answerCallbackQuery": answers.answer_callback,
    "answerInlineQuery": answers.answer_inline,
    "setMessageReaction": lookups.set_reaction,
    "pinChatMessage": lookups.pin_message,
    "unpinChatMessage": lookups.unpin_message,
    "getChat": lookups.get_chat,
    "getChatMember": lookups.get_member,
    "getChatAdministrators": lookups.get_administrators,
    "getChatMemberCount": lookups.get_member_count,
    "leaveChat": lookups.leave_chat,
    "getFile": lookups.get_file,
    "getUserProfilePhotos": lookups.get_profile_photos,
    "setMyCommands": menus.set_commands,
    "getMyCommands": menus.get_commands,
    "deleteMyCommands": menus.delete_commands,
    "setMyName": partial(menus.set_profile, what="name"),
    "getMyName": partial(menus.get_profile, what="name"),
    "setMyDescription": partial(menus.set_profile, what="description"),
    "getMyDescription": partial(menus.get_profile, what="description"),
    "setMyShortDescription": partial(menus.set_profile, what="short_description"),
    "getMyShortDescription": partial(menus.get_profile, what="short_description"),
    "setChatMenuButton": menus.set_menu_button,
    "getChatMenuButton": menus.get_menu_button,
    "setMyDefaultAdministratorRights": menus.set_admin_rights,
    "getMyDefaultAdministratorRights": menus.get_admin_rights,
}
"""Every method that this world plays, by the name that the API gives it."""

_BY_LOWER = {name.lower(): (name, handler) for name, handler in METHODS.items()}

_REFUSED = {
    "business_connection_id": "Business connection not found",
    "suggested_post_parameters": "Suggested posts can be sent only to channel direct messages",
}
_UNMODELLED = (
    "direct_messages_topic_id",
    "rich_message",
    "video_start_timestamp",
    "thumbnail",
    "horizontal_accuracy",
    "heading",
    "proximity_alert_radius",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status and JSON body. The body shares the world's own payloads."""

    status: int
    body: Payload
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def result(self) -> object:
        """What the call gave; None when it was refused."""
        return self.body.get("result")

    def encoded(self) -> bytes:
        """The body as bytes of JSON."""
        return json.dumps(self.body, separators=(",", ":")).encode()


@cache
def specification() -> dict[str, dict[str, bool]]:
    """Each method of the Bot API, its parameters, and whether they are required."""
    text = resources("bot.sandbox").joinpath("methods.json").read_text(encoding="utf-8")
    table: dict[str, list[str]] = json.loads(text)
    return {
        method: {name.rstrip("!"): name.endswith("!") for name in names}
        for method, names in table.items()
    }


@cache
def _known() -> dict[str, str]:
    return {name.lower(): name for name in specification()}


def refuse(error: Refusal) -> Reply:
    """The answer that a refusal makes; a 429 carries its header."""
    headers = {}
    if error.parameters and "retry_after" in error.parameters:
        headers["Retry-After"] = str(error.parameters["retry_after"])
    return Reply(error.code, error.body(), headers)


def call(state: State, method: str, values: Mapping[str, object], files: Files) -> Reply:
    """Do what the method says."""
    if state.revoked:
        return refuse(Refusal(401, "Unauthorized"))
    found = _BY_LOWER.get(method.lower())
    try:
        if found is None:
            raise _missing(method)
        name, handler = found
        state.calls[name] = state.calls.get(name, 0) + 1
        if not values.keys() <= specification()[name].keys():
            _strange(state, name, values)
        for parameter in _REFUSED.keys() & values.keys():
            raise bad(_REFUSED[parameter])
        for parameter in _UNMODELLED:
            if parameter in values:
                raise Unmodelled(f"the sandbox does not model {parameter} of {name}")
        result = handler(state, Params(values, files))
    except Refusal as error:
        if isinstance(error, Unmodelled):
            state.complain(error.description)
        return refuse(error)
    return Reply(200, {"ok": True, "result": result})


def _missing(method: str) -> Refusal:
    name = _known().get(method.lower())
    if name is None:
        return Refusal(404, "Not Found: method not found")
    return Unmodelled(f"the sandbox does not model {name}")


def _strange(state: State, name: str, values: Mapping[str, object]) -> None:
    """The real server passes over parameters that it does not know; a strict world does not."""
    if state.strict:
        strangers = ", ".join(sorted(values.keys() - specification()[name].keys()))
        raise Unmodelled(f"{name} has no parameter {strangers}")
