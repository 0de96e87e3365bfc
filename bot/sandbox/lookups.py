"""The Bot API methods about chats, members and files."""

from __future__ import annotations

from bot.sandbox.access import may_send, reach
from bot.sandbox.chats import Chat, Member, Payload
from bot.sandbox.files import MAX_DOWNLOAD
from bot.sandbox.members import bot_member
from bot.sandbox.params import Field, Params, as_object, field_text
from bot.sandbox.refusals import Refusal, bad
from bot.sandbox.shapes import full_shape, me_shape, member_shape, user_shape
from bot.sandbox.state import State

_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 "
    "🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 "
    "❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 "
    "🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 "
    "😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ "
    "😡 "
)
REACTIONS = frozenset(_EMOJI.split())
"""The emoji that a reaction can be."""


def get_me(state: State, params: Params) -> object:
    """getMe."""
    return me_shape(state.bot)


def get_chat(state: State, params: Params) -> object:
    """getChat."""
    return full_shape(reach(state, params, write=False))


def get_member_count(state: State, params: Params) -> object:
    """getChatMemberCount."""
    chat = reach(state, params, write=False)
    if chat.kind == "private":
        return 2
    return sum(member.present for member in chat.members.values())


def _user(state: State, user: int) -> Payload | None:
    if user == state.bot.id:
        return state.bot.user
    person = state.persons.get(user)
    return user_shape(person) if person is not None else None


def _open_list(state: State, chat: Chat) -> None:
    if chat.kind == "channel" and not chat.member(state.bot.id).admin:
        raise bad("Member list is inaccessible")


def get_administrators(state: State, params: Params) -> object:
    """getChatAdministrators: the owner and the administrators, the bot among them."""
    chat = reach(state, params, write=False)
    if chat.kind == "private":
        raise bad("There are no administrators in the private chat")
    _open_list(state, chat)
    found = []
    for number, member in chat.members.items():
        user = _user(state, number)
        if member.admin and user is not None:
            found.append(member_shape(chat, user, member))
    return found


def get_member(state: State, params: Params) -> object:
    """getChatMember; of a stranger to the chat, that they have left."""
    chat = reach(state, params, write=False)
    number = params.integer("user_id", high=2**52)
    if number <= 0:
        raise bad("Invalid user_id specified")
    user = _user(state, number)
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    if chat.kind == "private":
        if number not in (chat.id, state.bot.id):
            raise bad("Member not found")
        return member_shape(chat, user, Member("member"))
    if number != state.bot.id:
        _open_list(state, chat)
    return member_shape(chat, user, chat.member(number))


def leave_chat(state: State, params: Params) -> object:
    """leaveChat."""
    chat = reach(state, params)
    if chat.kind == "private":
        raise bad("Chat member status can't be changed in private chats")
    bot_member(state, chat, Member("left"), state.bot.user)
    return True


def get_file(state: State, params: Params) -> object:
    """getFile."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad("File_id not specified")
    stored = state.files.by_id.get(file_id)
    if stored is None:
        raise bad("Wrong file_id or the file is temporarily unavailable")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad("File is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
        "file_path": stored.path,
    }


def get_profile_photos(state: State, params: Params) -> object:
    """getUserProfilePhotos; nobody here has any."""
    if state.known(params.integer("user_id", high=2**52)) is None:
        raise bad("User not found")
    return {"total_count": 0, "photos": []}


def set_reaction(state: State, params: Params) -> object:
    """setMessageReaction; a bot has one at most."""
    chat = reach(state, params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("Message to react not found")
    given = params.json("reaction", "reaction types") or []
    if not isinstance(given, list):
        raise bad("Can't parse reaction types JSON object")
    found: list[Payload] = []
    for item in given:
        try:
            kind = field_text(as_object(item), "type", required=True)
            emoji = field_text(as_object(item), "emoji")
        except Field as error:
            raise bad(f"Can't parse ReactionType: {error}") from None
        if kind != "emoji" or emoji.rstrip("\ufe0f") not in REACTIONS:
            raise bad("REACTION_INVALID")
        found.append({"type": "emoji", "emoji": emoji})
    if len(found) > 1:
        raise bad("REACTIONS_TOO_MANY")
    message.reactions[state.bot.id] = tuple(found)
    state.tell("reaction", chat.id, message_id=message.id)
    return True


def pin_message(state: State, params: Params) -> object:
    """pinChatMessage."""
    chat = _pinning(state, params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("Message to pin not found")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        state.tell("chat", chat.id)
    return True


def unpin_message(state: State, params: Params) -> object:
    """unpinChatMessage; without a message_id, the newest."""
    chat = _pinning(state, params)
    number = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("Message to unpin not found")
    chat.pinned.remove(number)
    state.tell("chat", chat.id)
    return True


def _pinning(state: State, params: Params) -> Chat:
    chat = reach(state, params)
    member = chat.member(state.bot.id)
    if chat.kind == "channel":
        may_send(state, chat)
    elif chat.kind != "private" and not (member.admin and "can_pin_messages" in member.rights):
        raise bad("Not enough rights to manage pinned messages in the chat")
    return chat


def log_out(state: State, params: Params) -> object:
    """logOut; the cloud server takes no call after it, which the sandbox does not play."""
    return True


def close(state: State, params: Params) -> object:
    """close; as on a server that just started, which says to wait."""
    raise Refusal(429, "Too Many Requests: retry after 600", {"retry_after": 600})
