"""What a person reads about the bot before a word is said: commands, name, descriptions."""

from __future__ import annotations

import re

from bot.sandbox.access import reach
from bot.sandbox.chats import GROUP_RIGHTS, Chat, Payload, Person
from bot.sandbox.params import Field, Params, as_object, field_integer, field_text
from bot.sandbox.refusals import bad
from bot.sandbox.state import State

_COMMAND = re.compile(r"[a-z0-9_]+\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_SIMPLE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
LIMITS = {"name": 64, "description": 512, "short_description": 120}


def language(params: Params) -> str:
    """The parameter `language_code`. Raises the 400 for one of other than two letters."""
    code = params.text("language_code")
    if code and not _LANGUAGE.match(code):
        raise bad("Invalid language code specified")
    return code


def scope(state: State, params: Params) -> str:
    """The parameter `scope` as one key, `default` when it was not sent."""
    value = params.json("scope", "BotCommandScope")
    if value is None:
        return "default"
    try:
        given = as_object(value)
        kind = field_text(given, "type", required=True)
        if kind in _SIMPLE:
            return kind
        if kind not in ("chat", "chat_administrators", "chat_member"):
            raise Field("Unsupported type specified")
        field_text(given, "chat_id", required=True)
        member = field_integer(given, "user_id", required=True) if kind == "chat_member" else 0
    except Field as error:
        raise bad(f"Can't parse BotCommandScope: {error}") from None
    chat = reach(state, Params({"chat_id": given["chat_id"]}, {}), write=False)
    if kind == "chat_member":
        return f"chat_member {chat.id} {member}"
    if kind == "chat_administrators" and chat.kind == "private":
        raise bad("Can't use the specified scope in private chats")
    return f"{kind} {chat.id}"


def set_commands(state: State, params: Params) -> object:
    """setMyCommands."""
    value = params.json("commands", "commands")
    if not isinstance(value, list):
        raise bad("Can't parse commands JSON object")
    if len(value) > 100:
        raise bad("Too many commands specified")
    commands = []
    for item in value:
        try:
            given = as_object(item)
            name = field_text(given, "command", required=True)
            description = field_text(given, "description", required=True).strip()
        except Field as error:
            raise bad(f"Can't parse BotCommand: {error}") from None
        commands.append(_command(name.lstrip("/"), description))
    key = (scope(state, params), language(params))
    state.commands.pop(key, None)
    if commands:
        state.commands[key] = commands
    state.tell("menu", 0)
    return True


def _command(name: str, description: str) -> Payload:
    if not name:
        raise bad("Command must be non-empty")
    if len(name) > 32:
        raise bad("Command length must not exceed 32")
    if not _COMMAND.match(name):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("Command description must be non-empty")
    if len(description) > 256:
        raise bad("Command description length must not exceed 256")
    return {"command": name, "description": description}


def delete_commands(state: State, params: Params) -> object:
    """deleteMyCommands."""
    state.commands.pop((scope(state, params), language(params)), None)
    state.tell("menu", 0)
    return True


def get_commands(state: State, params: Params) -> object:
    """getMyCommands, of exactly this scope and language."""
    return state.commands.get((scope(state, params), language(params)), [])


def menu(state: State, person: Person, chat: Chat) -> list[Payload]:
    """The commands that this person is offered here: the narrowest scope that has any.

    Each scope first in the person's language, then without one, as the Bot API documents.
    """
    member = chat.member(person.id)
    if chat.kind == "private":
        scopes = [f"chat {chat.id}", "all_private_chats"]
    else:
        scopes = [f"chat_member {chat.id} {person.id}"]
        if member.admin:
            scopes.append(f"chat_administrators {chat.id}")
        scopes.append(f"chat {chat.id}")
        if member.admin:
            scopes.append("all_chat_administrators")
        scopes.append("all_group_chats")
    for name in (*scopes, "default"):
        for code in ((person.language_code or "")[:2], ""):
            found = state.commands.get((name, code))
            if found:
                return found
    return []


def set_profile(state: State, params: Params, what: str) -> object:
    """setMyName, setMyDescription, setMyShortDescription."""
    text = params.text(what).strip()
    if len(text) > LIMITS[what]:
        raise bad(f"Bot {what.replace('_', ' ')} is too long")
    key = (what, language(params))
    state.profile.pop(key, None)
    if text:
        state.profile[key] = text
    state.tell("menu", 0)
    return True


def get_profile(state: State, params: Params, what: str) -> object:
    """getMyName, getMyDescription, getMyShortDescription, of exactly this language."""
    fallback = state.bot.first_name if what == "name" else ""
    plain = state.profile.get((what, ""), fallback)
    if what == "name":
        return {what: state.profile.get((what, language(params)), plain)}
    return {what: state.profile.get((what, language(params)), "")}


def set_menu_button(state: State, params: Params) -> object:
    """setChatMenuButton."""
    given = params.json("menu_button", "menu button") or {"type": "default"}
    try:
        kind = field_text(as_object(given), "type", required=True)
    except Field as error:
        raise bad(f"Can't parse menu button: {error}") from None
    if kind not in ("commands", "web_app", "default"):
        raise bad("Can't parse menu button: Unsupported type specified")
    state.menu_buttons[params.integer("chat_id", high=2**52)] = as_object(given)
    state.tell("menu", 0)
    return True


def get_menu_button(state: State, params: Params) -> object:
    """getChatMenuButton."""
    plain = state.menu_buttons.get(0, {"type": "commands"})
    return state.menu_buttons.get(params.integer("chat_id", high=2**52), plain)


def set_admin_rights(state: State, params: Params) -> object:
    """setMyDefaultAdministratorRights."""
    given = params.json("rights", "administrator rights")
    shape = as_object(given) if isinstance(given, dict) else {}
    state.admin_rights[params.boolean("for_channels")] = shape
    return True


def get_admin_rights(state: State, params: Params) -> object:
    """getMyDefaultAdministratorRights."""
    rights = state.admin_rights.get(params.boolean("for_channels"), {})
    shape = dict.fromkeys(("is_anonymous", *GROUP_RIGHTS), False)
    return shape | rights
