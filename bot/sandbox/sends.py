"""The Bot API methods that put a message into a chat."""

from __future__ import annotations

from bot.sandbox.access import find_reply, find_thread, may_send, reach, read_text
from bot.sandbox.chats import Chat, Message, Payload
from bot.sandbox.entities import is_blank
from bot.sandbox.files import Files
from bot.sandbox.keyboards import read_markup
from bot.sandbox.links import LinkError, check_url
from bot.sandbox.params import Field, Params, field_boolean, field_text
from bot.sandbox.refusals import Unmodelled, bad
from bot.sandbox.state import State

MOST_TEXT = 4096
MOST_CAPTION = 1024
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_PREVIEW = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def send_message(state: State, params: Params) -> object:
    """sendMessage."""
    return deliver(state, params, text_content(state, params), "can_send_messages")


def text_content(state: State, params: Params, too_long: str = "Message is too long") -> Payload:
    """The fields of a text message: text, entities, link_preview_options."""
    if not params.has("text") or params.values["text"] == "":
        raise bad("Message text is empty")
    text, entities = read_text(state, params)
    if len(text) > MOST_TEXT:
        raise bad(too_long)
    if is_blank(text):
        raise bad("Text must be non-empty")
    content: Payload = {"text": text}
    if entities:
        content["entities"] = entities
    if params.has("link_preview_options"):
        preview = read_preview(params)
        if preview:
            content["link_preview_options"] = preview
    return content


def read_preview(params: Params) -> Payload:
    """The parameter `link_preview_options`, checked."""
    value = params.json("link_preview_options", "link preview options")
    if not isinstance(value, dict):
        raise bad("Object expected as link preview options")
    preview: Payload = {}
    try:
        for name in _PREVIEW:
            if field_boolean(value, name):
                preview[name] = True
        url = field_text(value, "url")
    except Field as error:
        raise bad(str(error)) from None
    if url:
        try:
            preview["url"] = check_url(url)
        except LinkError:
            raise bad("WEBPAGE_URL_INVALID") from None
    return preview


def caption_content(
    state: State, params: Params, too_long: str = "Message caption is too long"
) -> Payload:
    """The fields of a caption."""
    if not params.has("caption"):
        return {}
    caption, entities = read_text(state, params, "caption", "caption_entities")
    if len(caption) > MOST_CAPTION:
        raise bad(too_long)
    content: Payload = {"caption": caption} if caption else {}
    if entities:
        content["caption_entities"] = entities
    if params.boolean("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def deliver(state: State, params: Params, content: Payload, right: str) -> Payload:
    """Check everything but the content, and put the message into its chat."""
    values = params.values
    markup = read_markup(params) if "reply_markup" in values else None
    chat = reach(state, params)
    if markup is not None and chat.kind != "private":
        markup = read_markup(params, private=False)
    may_send(state, chat, right)
    thread = (
        find_thread(state, chat, params) if chat.forum or "message_thread_id" in values else None
    )
    reply: Message | None = None
    if "reply_parameters" in values:
        reply, quote = find_reply(state, chat, params)
        content |= quote
    paid = "allow_paid_broadcast" in values and params.boolean("allow_paid_broadcast")
    if paid and not state.stars:
        raise bad("FLOODSKIP_NOT_ALLOWED")
    if params.boolean("protect_content"):
        content["has_protected_content"] = True
    if chat.kind == "private" and params.has("message_effect_id"):
        content["effect_id"] = params.text("message_effect_id")
    now = state.now()
    state.rates.take(chat, now, paid=paid)
    message = put(state, chat, content, thread=thread, reply_to=reply, markup=markup)
    message.silent = params.boolean("disable_notification")
    return message.payload


def put(
    state: State,
    chat: Chat,
    content: Payload,
    *,
    thread: int | None = None,
    reply_to: Message | None = None,
    markup: Payload | None = None,
) -> Message:
    """The bot's message in the chat, the ledger and before the watchers."""
    channel = chat.kind == "channel"
    message = state.post(
        chat,
        None if channel else state.bot.user,
        content,
        sender_id=state.bot.id,
        sender_chat=chat.shape if channel else None,
        thread=thread,
        reply_to=reply_to,
        markup=markup,
    )
    message.protected = "has_protected_content" in content
    if markup is not None and "inline_keyboard" not in markup:
        chat.keyboard = message if "keyboard" in markup or "force_reply" in markup else None
    chat.action = None
    if chat.slow_mode:
        chat.last_spoken[state.bot.id] = state.now()
    state.record("sent", message)
    if state.watchers:
        state.tell("message", chat.id, message_id=message.id)
    return message


def media_file(state: State, params: Params, name: str, kind: str) -> object:
    """What the parameter `name` holds: an upload, attach://, a file id or a URL.

    Returns the PhotoSizes or the Document. Raises the 400s of files.
    """
    return load_file(state.files, state.web, params, params.text(name), name, kind)


def load_file(
    files: Files,
    web: dict[str, tuple[str, bytes, str]],
    params: Params,
    value: str,
    name: str,
    kind: str,
) -> object:
    """The file that `value` means, or the upload called `name`."""
    upload = params.files.get(value[9:] if value.startswith("attach://") else name)
    if upload is None and value.startswith(("http://", "https://")):
        upload = web.get(value)
        if upload is None:
            raise bad("Failed to get HTTP URL content")
    if upload is None:
        if not value:
            raise bad(f"There is no {kind.lower()} in the request")
        if value.startswith("attach://"):
            raise bad("Wrong file identifier/HTTP URL specified")
        return files.reuse(kind, value).shape
    filename, data, mime = upload
    if kind == "Photo":
        return files.add_photo(filename, data, mime)
    extra = {"file_name": filename or "file", "mime_type": mime or "application/octet-stream"}
    return files.add_file(kind, filename or "file", data, extra["mime_type"], extra)


def send_photo(state: State, params: Params) -> object:
    """sendPhoto."""
    caption = caption_content(state, params)
    content: Payload = {"photo": media_file(state, params, "photo", "Photo")}
    if params.boolean("has_spoiler"):
        content["has_media_spoiler"] = True
    return deliver(state, params, content | caption, "can_send_photos")


def send_document(state: State, params: Params) -> object:
    """sendDocument."""
    caption = caption_content(state, params)
    content: Payload = {"document": media_file(state, params, "document", "Document")}
    return deliver(state, params, content | caption, "can_send_documents")


def send_location(state: State, params: Params) -> object:
    """sendLocation, of a place that does not move."""
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not params.has("latitude") or not params.has("longitude"):
        raise bad("Latitude and longitude must be specified")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("Wrong location specified")
    if params.integer("live_period"):
        raise Unmodelled("the sandbox has no live locations")
    content: Payload = {"location": {"latitude": latitude, "longitude": longitude}}
    return deliver(state, params, content, "can_send_messages")


def send_chat_action(state: State, params: Params) -> object:
    """sendChatAction; it fades after five seconds or with the next message."""
    action = params.text("action").lower()
    if action not in ACTIONS:
        raise bad("Wrong parameter action in request")
    chat = reach(state, params)
    may_send(state, chat)
    thread = find_thread(state, chat, params)
    chat.action = (action, state.now() + 5.0, thread)
    state.tell("action", chat.id, action=action, thread=thread)
    return True


def source(state: State, params: Params, verb: str) -> Message:
    """The message that a call copies or forwards."""
    origin = reach(state, params, "from_chat_id", write=False)
    message = origin.messages.get(params.integer("message_id"))
    if message is None:
        raise bad(f"Message to {verb} not found")
    if message.protected:
        raise bad(f"Message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def body_of(message: Message) -> Payload:
    """The fields of a message that a copy takes along."""
    kept = [
        "text",
        "entities",
        "link_preview_options",
        "photo",
        "document",
        "location",
        "sticker",
        "voice",
        "contact",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
    ]
    content = {name: message.payload[name] for name in kept if name in message.payload}
    if not content:
        raise bad("Message can't be copied")
    return content


def forward_message(state: State, params: Params) -> object:
    """forwardMessage. A message forwarded has no keyboard and cannot be edited."""
    message = source(state, params, "forward")
    content = body_of(message)
    payload = message.payload
    if "from" in payload:
        content["forward_origin"] = {
            "type": "user",
            "date": payload["date"],
            "sender_user": payload["from"],
        }
    else:
        content["forward_origin"] = {
            "type": "channel",
            "date": payload["date"],
            "chat": message.chat.shape,
            "message_id": message.id,
        }
    return deliver(state, params, content, "can_send_messages")


def copy_message(state: State, params: Params) -> object:
    """copyMessage."""
    message = source(state, params, "copy")
    content = body_of(message)
    if params.has("caption") and "text" not in content:
        for name in ("caption", "caption_entities"):
            content.pop(name, None)
        content |= caption_content(state, params)
    return {"message_id": deliver(state, params, content, "can_send_messages")["message_id"]}
