"""The pretend Telegram as its users hold it: what persons do, and what the bot may call.

    world = World(now=clock)                    # any () -> float of Unix seconds
    ada = world.person("Ada", language_code="en")
    world.say(ada, "/start")                    # an update waits for the bot
    world.call("getUpdates", {}).body           # ... who answers through the Bot API
    world.call("sendMessage", {"chat_id": ada.id, "text": "Hello"})
    world.sees(ada)[-1].text                    # "Hello"

Pure and synchronous: no task, no socket, no clock but the one handed in. `transport` and `server`
carry it. What a real person could not do raises `Impossible`.

Not played: methods that `dispatch.METHODS` does not name (they are answered 501 and complained
of), business accounts, payments, games, polls, albums, stories, rich messages, live locations,
other bots, replies across chats, and the pauses by which Telegram slows down pollers in a hurry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.sandbox import inline, members, menus, people, places, presses, topics
from bot.sandbox.chats import Chat, InlineQuery, Message, Payload, Person, Press, Topic
from bot.sandbox.dispatch import Files, Reply, call
from bot.sandbox.state import State

__all__ = ["World"]


class World(State):
    """Everything there is; see `State` for its settings and its records.

    Reads: `persons`, `chats` (by id), `updates`, `rates`, `faults`, `ledger`, `complaints`,
    `presses` (newest last), `files`.
    A chat parameter left out is the private chat with the bot.
    """

    # --- the bot -------------------------------------------------------------------------

    def call(self, method: str, params: Mapping[str, object], files: Files | None = None) -> Reply:
        """One call of the Bot API, answered at once: `Reply(status, body)`.

        Parameters may be text, as forms carry them, or JSON values. Scripted faults are not
        applied here but by `transport` and `server`; getUpdates answers with what there is.
        """
        return call(self, method, params, files or {})

    def revoke_token(self) -> None:
        """From now on the bot's token is refused with 401, as after BotFather's /revoke."""
        self.revoked = True

    def restore_token(self) -> None:
        """Take the token again."""
        self.revoked = False

    # --- who and what exists --------------------------------------------------------------

    def person(
        self,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "en",
        user_id: int | None = None,
    ) -> Person:
        """A new person, whom the bot does not know yet."""
        return places.make_person(self, first_name, last_name, username, language_code, user_id)

    def private(self, person: Person) -> Chat:
        """The person's private chat with the bot."""
        return places.private_chat(self, person)

    def group(
        self, title: str, creator: Person, *, members: Iterable[Person] = (), bot: bool = True
    ) -> Chat:
        """A new basic group. With `bot`, the creator adds it at once."""
        return places.make_group(self, title, creator, members, bot=bot)

    def supergroup(
        self,
        title: str,
        creator: Person,
        *,
        members: Iterable[Person] = (),
        username: str | None = None,
        forum: bool = False,
        bot: bool = True,
        admin: bool = False,
    ) -> Chat:
        """A new supergroup, with `forum` one with topics; with `admin` the bot is made one."""
        return places.make_supergroup(
            self, title, creator, members, username, forum=forum, bot=bot, admin=admin
        )

    def channel(
        self,
        title: str,
        creator: Person,
        *,
        members: Iterable[Person] = (),
        username: str | None = None,
        bot: bool = True,
    ) -> Chat:
        """A new channel. With `bot`, it is made an administrator who may post and edit."""
        return places.make_channel(self, title, creator, members, username, bot=bot)

    # --- what a person writes --------------------------------------------------------------

    def say(
        self,
        person: Person,
        text: str,
        chat: Chat | None = None,
        *,
        thread: Topic | int | None = None,
        reply_to: Message | None = None,
        entities: list[Payload] | None = None,
    ) -> Message:
        """Write a message. Commands, mentions and links become entities as clients make them.

        In a channel this is a post; from an anonymous admin it comes in the group's name.
        """
        return people.say(self, person, text, chat, thread, reply_to, entities)

    def start(self, person: Person, payload: str = "") -> Message:
        """Press START, or open `t.me/<bot>?start=payload`. Unblocks the bot first."""
        return people.start(self, person, payload)

    def edit(self, person: Person, message: Message, text: str) -> Message:
        """Change the text of one's own message, or the caption of one's own photo or file."""
        return people.edit(self, person, message, text)

    def delete(self, person: Person, message: Message) -> None:
        """Delete a message for all. The Bot API tells no bot of it."""
        people.delete(self, person, message)

    def send_location(
        self,
        person: Person,
        latitude: float,
        longitude: float,
        chat: Chat | None = None,
        *,
        thread: Topic | int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a point on the map."""
        return people.send_location(self, person, latitude, longitude, chat, thread, reply_to)

    def send_photo(
        self,
        person: Person,
        chat: Chat | None = None,
        *,
        caption: str = "",
        data: bytes | None = None,
        thread: Topic | int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a photo (a grey dot unless `data` is given)."""
        return people.send_photo(self, person, chat, caption, data, thread, reply_to)

    def send_document(
        self,
        person: Person,
        name: str,
        data: bytes,
        chat: Chat | None = None,
        *,
        caption: str = "",
        mime: str = "application/octet-stream",
    ) -> Message:
        """Send a file."""
        return people.send_document(self, person, name, data, mime, chat, caption)

    def send_sticker(
        self, person: Person, chat: Chat | None = None, *, emoji: str = "\N{THUMBS UP SIGN}"
    ) -> Message:
        """Send a sticker."""
        return people.send_sticker(self, person, chat, emoji)

    def send_voice(self, person: Person, chat: Chat | None = None, *, seconds: int = 3) -> Message:
        """Send a voice message."""
        return people.send_voice(self, person, chat, seconds)

    def send_contact(self, person: Person, chat: Chat | None = None) -> Message:
        """Send one's own phone number."""
        return people.send_contact(self, person, chat)

    def react(self, person: Person, message: Message, *emoji: str) -> None:
        """Set one's reactions on a message; none given takes them back."""
        people.react(self, person, message, emoji)

    def press(
        self,
        person: Person,
        message: Message,
        button: str | tuple[int, int],
        *,
        chat: Chat | None = None,
    ) -> Press:
        """Press a button under a message by its text (the first with it) or (row, column).

        A callback button asks the bot; the Press returned fills when it answers. A link or a
        copied text is in `value`. A button of a reply keyboard writes its text, sends a location
        or contact, or shares `chat` when it asks for one.
        """
        return presses.press(self, person, message, button, chat)

    # --- inline ----------------------------------------------------------------------------

    def inline(
        self, person: Person, query: str, *, chat: Chat | None = None, offset: str = ""
    ) -> InlineQuery:
        """Type `@bot query` in some chat. The query returned fills when the bot answers."""
        return inline.ask(self, person, query, chat, offset)

    def choose(
        self,
        person: Person,
        query: InlineQuery,
        result: str | int = 0,
        *,
        chat: Chat | None = None,
        thread: Topic | int | None = None,
    ) -> Message:
        """Choose an offered result by its place, id or title; it is posted in `chat`."""
        return inline.choose(self, person, query, result, chat, thread)

    # --- the bot and this person -----------------------------------------------------------

    def block(self, person: Person) -> None:
        """Stop and block the bot."""
        places.block(self, person)

    def unblock(self, person: Person) -> None:
        """Take the block back."""
        places.unblock(self, person)

    def deactivate(self, person: Person) -> None:
        """The account is deleted."""
        places.deactivate(self, person)

    # --- groups and channels ----------------------------------------------------------------

    def add_bot(
        self,
        person: Person,
        chat: Chat,
        *,
        admin: bool = False,
        rights: Iterable[str] | None = None,
        payload: str | None = None,
    ) -> None:
        """Add the bot to a group or channel; `payload` comes from a `?startgroup=` link."""
        members.add_bot(self, person, chat, admin=admin, rights=rights, payload=payload)

    def remove_bot(self, person: Person, chat: Chat) -> None:
        """Kick the bot."""
        members.remove_bot(self, person, chat)

    def promote(
        self,
        person: Person,
        chat: Chat,
        whom: Person | None = None,
        *,
        rights: Iterable[str] | None = None,
        anonymous: bool = False,
    ) -> None:
        """Make `whom` (or the bot) an administrator with these rights, or the usual ones."""
        members.promote(self, person, chat, whom, rights=rights, anonymous=anonymous)

    def demote(self, person: Person, chat: Chat, whom: Person | None = None) -> None:
        """Make an administrator (or the bot) a member again."""
        members.demote(self, person, chat, whom)

    def restrict(
        self,
        person: Person,
        chat: Chat,
        whom: Person | None = None,
        *,
        allow: Iterable[str] = (),
    ) -> None:
        """Leave `whom` (or the bot) only these permissions."""
        members.restrict(self, person, chat, whom, allow=allow)

    def permit(self, chat: Chat, permissions: Iterable[str]) -> None:
        """Set what every member may do, by the names of ChatPermissions."""
        chat.permissions = frozenset(permissions)

    def slow_mode(self, chat: Chat, seconds: int) -> None:
        """How long members wait between two messages; 0 switches it off."""
        chat.slow_mode = seconds

    def join(self, person: Person, chat: Chat) -> None:
        """Come into a group or channel."""
        members.join(self, person, chat)

    def leave(self, person: Person, chat: Chat) -> None:
        """Go out of it."""
        members.leave(self, person, chat)

    def kick(self, person: Person, chat: Chat, whom: Person) -> None:
        """Remove someone and keep them out."""
        members.kick(self, person, chat, whom)

    def rename(self, person: Person, chat: Chat, title: str) -> None:
        """Give a chat another title."""
        places.rename(self, person, chat, title)

    def migrate(self, person: Person, chat: Chat) -> Chat:
        """Turn a basic group into a supergroup; the new chat is returned."""
        return places.migrate(self, person, chat)

    def delete_chat(self, person: Person, chat: Chat) -> None:
        """Delete a group or channel for all."""
        places.delete_chat(self, person, chat)

    # --- topics ------------------------------------------------------------------------------

    def topic(self, person: Person, chat: Chat, name: str) -> Topic:
        """Open a topic in a forum."""
        return topics.make_topic(self, person, chat, name)

    def close_topic(self, person: Person, chat: Chat, topic: Topic | None = None) -> None:
        """Close a topic; without one, General."""
        topics.close_topic(self, person, chat, topic)

    def reopen_topic(self, person: Person, chat: Chat, topic: Topic | None = None) -> None:
        """Open it again."""
        topics.reopen_topic(self, person, chat, topic)

    def delete_topic(self, person: Person, chat: Chat, topic: Topic) -> None:
        """Delete a topic and its messages; the Bot API tells no bot of it."""
        topics.delete_topic(self, person, chat, topic)

    # --- what a person sees --------------------------------------------------------------------

    def sees(self, person: Person, chat: Chat | None = None) -> list[Message]:
        """The messages of a chat, oldest first."""
        return list((chat or self.private(person)).messages.values())

    def menu(self, person: Person, chat: Chat | None = None) -> list[Payload]:
        """The commands offered behind `/` to this person here: `{"command", "description"}`."""
        return menus.menu(self, person, chat or self.private(person))

    def watch(self, callback: Callable[[Payload], None]) -> Callable[[], None]:
        """Call back at each happening; the function returned ends it.

        Events are JSON: `{"kind": ..., "chat": id, "at": seconds, ...}` of the kinds
        message, edit, delete, reaction, action, answer (to a press), inline (an answer), menu,
        member, chat.
        """
        return self.watchers.add(callback)
