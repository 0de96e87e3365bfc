"""The Bot API methods that change or delete what was sent."""

from __future__ import annotations

from bot.sandbox.access import reach
from bot.sandbox.chats import Message, Payload
from bot.sandbox.entities import formatted
from bot.sandbox.keyboards import inline_only, read_markup
from bot.sandbox.params import Field, Params, as_object, field_boolean, field_text
from bot.sandbox.refusals import Unmodelled, bad
from bot.sandbox.sends import MOST_CAPTION, caption_content, load_file, text_content
from bot.sandbox.state import State

DELETABLE = 48 * 3600
NOT_MODIFIED = (
    "Message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_MEDIA = ("photo", "document")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media", "has_media_spoiler")


def find_message(state: State, params: Params) -> Message:
    """The message that a call edits, by chat and id or by inline id. Raises the 400s."""
    inline_id = params.text("inline_message_id")
    if inline_id:
        message = state.inline_messages.get(inline_id)
        if message is None or message.id not in message.chat.messages:
            raise bad("MESSAGE_ID_INVALID")
        return message
    if not params.has("chat_id") and not params.has("message_id"):
        raise bad("Message identifier is not specified")
    chat = reach(state, params)
    number = params.integer("message_id")
    if number <= 0:
        raise bad("Message identifier is not specified")
    message = chat.messages.get(number)
    if message is None:
        raise bad("Message to edit not found")
    other_keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    own = message.sender == state.bot.id or _edits_all(state, message)
    if not own or other_keyboard or "forward_origin" in message.payload:
        raise bad("Message can't be edited")
    return message


def _edits_all(state: State, message: Message) -> bool:
    member = message.chat.member(state.bot.id)
    return message.chat.kind == "channel" and "can_edit_messages" in member.rights


def change(
    state: State, params: Params, message: Message, content: Payload, gone: tuple[str, ...]
) -> object:
    """Replace the fields `gone` by `content` and the keyboard by the one given."""
    given = read_markup(params, private=message.chat.kind == "private")
    markup = inline_only(given)
    old = {name: message.payload[name] for name in gone if name in message.payload}
    if old == content and message.payload.get("reply_markup") == markup:
        raise bad(NOT_MODIFIED)
    if state.rates.edits:
        state.rates.take(message.chat, state.now())
    fields: Payload = {**content, "edit_date": int(state.now())}
    if markup is not None:
        fields["reply_markup"] = markup
    state.replace(message, fields, *gone, "reply_markup")
    message.markup = markup
    state.record("edited", message)
    state.tell("edit", message.chat.id, message_id=message.id)
    return True if params.text("inline_message_id") else message.payload


def edit_text(state: State, params: Params) -> object:
    """editMessageText."""
    content = text_content(state, params, "MESSAGE_TOO_LONG")
    inline_only(read_markup(params))
    message = find_message(state, params)
    if "text" not in message.payload:
        raise bad("There is no text in the message to edit")
    return change(state, params, message, content, ("text", "entities", "link_preview_options"))


def edit_caption(state: State, params: Params) -> object:
    """editMessageCaption."""
    content = caption_content(state, params, "MEDIA_CAPTION_TOO_LONG")
    inline_only(read_markup(params))
    message = find_message(state, params)
    if not any(name in message.payload for name in _MEDIA):
        raise bad("There is no caption in the message to edit")
    return change(
        state,
        params,
        message,
        content,
        ("caption", "caption_entities", "show_caption_above_media"),
    )


def edit_media(state: State, params: Params) -> object:
    """editMessageMedia: a photo or document in place of a text, photo or document."""
    given = params.json("media", "input media")
    if not isinstance(given, dict):
        raise bad("Media is not specified" if given is None else "Can't parse input media")
    content = _media(state, params, given)
    inline_only(read_markup(params))
    message = find_message(state, params)
    if not any(name in message.payload for name in ("text", *_MEDIA)):
        raise bad("Message can't be edited")
    return change(
        state,
        params,
        message,
        content,
        ("text", "entities", "link_preview_options", *_MEDIA, *_CAPTION),
    )


def _media(state: State, params: Params, given: Payload) -> Payload:
    try:
        media = as_object(given)
        kind = field_text(media, "type", required=True)
        value = field_text(media, "media", required=True)
        caption, mode = field_text(media, "caption"), field_text(media, "parse_mode")
        above = field_boolean(media, "show_caption_above_media")
        spoiler = field_boolean(media, "has_spoiler")
    except Field as error:
        raise bad(f"Can't parse input media: {error}") from None
    if kind not in _MEDIA:
        raise Unmodelled(f"the sandbox has no media of type {kind!r}")
    if params.text("inline_message_id") and params.files:
        raise bad("Inline message media can't be uploaded")
    text, entities = formatted(caption, mode, media.get("caption_entities"), state.known)
    if len(text) > MOST_CAPTION:
        raise bad("MEDIA_CAPTION_TOO_LONG")
    shape = load_file(state.files, state.web, params, value, "media", kind.capitalize())
    content: Payload = {kind: shape}
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    if above:
        content["show_caption_above_media"] = True
    if spoiler:
        content["has_media_spoiler"] = True
    return content


def edit_markup(state: State, params: Params) -> object:
    """editMessageReplyMarkup; without one, the keyboard goes."""
    inline_only(read_markup(params))
    return change(state, params, find_message(state, params), {}, ())


def delete_message(state: State, params: Params) -> object:
    """deleteMessage."""
    chat = reach(state, params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("Message to delete not found")
    if not _deletable(state, message):
        raise bad("Message can't be deleted")
    remove(state, message)
    return True


def delete_messages(state: State, params: Params) -> object:
    """deleteMessages; those that cannot be found or deleted are passed over."""
    given = params.json("message_ids", "message identifiers")
    if not isinstance(given, list) or not given:
        raise bad("Message identifiers are not specified")
    if len(given) > 100:
        raise bad("Too many message identifiers specified")
    chat = reach(state, params)
    for number in given:
        message = chat.messages.get(int(number)) if isinstance(number, int | str) else None
        if message is not None and _deletable(state, message):
            remove(state, message)
    return True


def _deletable(state: State, message: Message) -> bool:
    chat = message.chat
    member = chat.member(state.bot.id)
    if member.admin and "can_delete_messages" in member.rights:
        return True
    if state.now() - message.payload["date"] > DELETABLE:
        return False
    return chat.kind == "private" or message.sender == state.bot.id


def remove(state: State, message: Message) -> None:
    """Take a message out of its chat."""
    chat = message.chat
    chat.messages.pop(message.id, None)
    if chat.keyboard is message:
        chat.keyboard = None
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    state.record("deleted", message)
    state.tell("delete", chat.id, message_id=message.id)
