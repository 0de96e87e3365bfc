"""The Bot API methods that answer a press and an inline query."""

from __future__ import annotations

from bot.sandbox.chats import InlineQuery, Payload, Press
from bot.sandbox.entities import formatted, is_blank
from bot.sandbox.keyboards import inline_only, keep_markup
from bot.sandbox.params import Field, Params, as_object, field_boolean, field_text
from bot.sandbox.refusals import Unmodelled, bad
from bot.sandbox.sends import MOST_CAPTION, MOST_TEXT
from bot.sandbox.state import State

TOO_OLD = "Query is too old and response timeout expired or query ID is invalid"
MOST_RESULTS = 50
_START = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_CAPTIONED = {"photo": "photo_file_id", "document": "document_file_id"}


def answer_callback(state: State, params: Params) -> object:
    """answerCallbackQuery, once for each press and in time."""
    key = params.text("callback_query_id")
    now = state.now()
    press: Press | None = next(
        (press for press in reversed(state.presses) if press.id == key and key), None
    )
    if press is None or press.answered or now - press.at > state.callback_life:
        raise bad(TOO_OLD)
    text = params.text("text")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.startswith((f"https://t.me/{state.bot.username}", "tg://")):
        raise bad("URL_INVALID")
    press.answered = True
    press.answer = text
    press.alert = params.boolean("show_alert")
    press.url = url
    state.tell(
        "answer",
        press.message.chat.id,
        message_id=press.message.id,
        person=press.by.id,
        text=text,
        alert=press.alert,
        url=url,
    )
    return True


def answer_inline(state: State, params: Params) -> object:
    """answerInlineQuery."""
    results = params.json("results", "inline query results")
    if not isinstance(results, list):
        raise bad("Can't parse inline query results JSON object")
    if len(results) > MOST_RESULTS:
        raise bad("Too many inline query results specified")
    kept = []
    for result in results:
        try:
            kept.append(_result(state, as_object(result)))
        except Field as error:
            raise bad(f"Can't parse inline query result: {error}") from None
    ids = [result["id"] for result in kept]
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    button = _button(params)
    if len(params.text("next_offset").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    key = params.text("inline_query_id")
    query: InlineQuery | None = next(
        (query for query in reversed(state.queries) if query.id == key), None
    )
    if query is None or query.answered or state.now() - query.at > state.inline_life:
        raise bad(TOO_OLD)
    query.answered = True
    query.results = kept
    query.next_offset = params.text("next_offset")
    query.button = button
    query.personal = params.boolean("is_personal")
    query.cache_time = params.integer("cache_time", 300, 0)
    state.tell("inline", query.by.id, query=query.id)
    return True


def _button(params: Params) -> Payload | None:
    given = params.json("button", "inline query results button")
    if given is None:
        return None
    try:
        button = as_object(given)
        text = field_text(button, "text", required=True)
        start = field_text(button, "start_parameter")
    except Field as error:
        raise bad(f"Can't parse inline query results button: {error}") from None
    if "web_app" in button:
        return {"text": text, "web_app": button["web_app"]}
    if not start or len(start) > 64 or set(start) - _START:
        raise bad("START_PARAM_INVALID")
    return {"text": text, "start_parameter": start}


def _result(state: State, given: Payload) -> Payload:
    kind = field_text(given, "type", required=True)
    key = field_text(given, "id", required=True)
    if not 1 <= len(key.encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    if kind != "article" and kind not in _CAPTIONED:
        raise Unmodelled(f"the sandbox has no inline results of type {kind!r}")
    title = field_text(given, "title", required=kind == "article")
    if kind == "article" and not title:
        raise bad("ARTICLE_TITLE_EMPTY")
    markup = keep_markup(given["reply_markup"]) if given.get("reply_markup") else None
    content = given.get("input_message_content")
    kept = dict(given)
    kept["reply_markup"] = inline_only(markup)
    if content is not None:
        kept["content"] = _content(state, as_object(content))
    elif kind == "article":
        raise Field('Can\'t find field "input_message_content"')
    else:
        kept["content"] = _captioned(state, kind, given)
    return kept


def _content(state: State, given: Payload) -> Payload:
    if "latitude" in given:
        return {"location": {"latitude": given["latitude"], "longitude": given["longitude"]}}
    text = field_text(given, "message_text", required=True)
    if not text:
        raise bad("Message text is empty")
    mode = field_text(given, "parse_mode")
    text, entities = formatted(text, mode, given.get("entities"), state.known)
    if len(text) > MOST_TEXT:
        raise bad("Message is too long")
    if is_blank(text):
        raise bad("Text must be non-empty")
    content: Payload = {"text": text}
    if entities:
        content["entities"] = entities
    preview = given.get("link_preview_options")
    if preview and field_boolean(as_object(preview), "is_disabled"):
        content["link_preview_options"] = {"is_disabled": True}
    return content


def _captioned(state: State, kind: str, given: Payload) -> Payload:
    file_id = field_text(given, _CAPTIONED[kind])
    if not file_id:
        raise Unmodelled("the sandbox has inline photos and documents by file id only")
    content: Payload = {kind: state.files.reuse(kind.capitalize(), file_id).shape}
    mode = field_text(given, "parse_mode")
    caption = field_text(given, "caption")
    text, entities = formatted(caption, mode, given.get("caption_entities"), state.known)
    if len(text) > MOST_CAPTION:
        raise bad("Message caption is too long")
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    return content
