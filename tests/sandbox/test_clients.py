"""Other people's clients, over real HTTP, with only the address set."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import telegram
from aiogram import Bot as AiogramBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

from bot.sandbox.chats import Person
from bot.sandbox.faults import too_many
from bot.sandbox.rates import Rates
from bot.sandbox.server import Running, serve
from bot.sandbox.world import World
from tests.sandbox.house import PNG


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    rates = Rates(private=False, group=False, overall=False)
    running = await serve(World(time.time, rates=rates))
    yield running
    await running.close()


@pytest.fixture
def world(running: Running) -> World:
    assert isinstance(running.world, World)
    return running.world


@pytest.fixture
def ada(world: World) -> Person:
    person = world.person("Ada", username="ada")
    world.start(person, "corridor")
    return person


@pytest.fixture
async def ptb(running: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    bot = telegram.Bot(
        running.world.token,
        base_url=f"{running.url}/bot",
        base_file_url=f"{running.url}/file/bot",
    )
    async with bot:
        yield bot


@pytest.fixture
async def aiogram(running: Running) -> AsyncIterator[AiogramBot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(running.url))
    async with AiogramBot(running.world.token, session=session) as bot:
        yield bot


async def test_ptb_polls_answers_edits_and_deletes(
    ptb: telegram.Bot, world: World, ada: Person
) -> None:
    updates = await ptb.get_updates(timeout=5)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start corridor"
    assert (await ptb.get_me()).username == world.bot.username
    markup = telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton("Sections", callback_data="sections")]]
    )
    sent = await ptb.send_message(
        ada.id, "<b>4.5 million tons</b>", parse_mode="HTML", reply_markup=markup
    )
    assert sent.entities[0].type == "bold"
    edited = await ptb.edit_message_text("Sections", ada.id, sent.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.edit_date is not None
    assert await ptb.delete_message(ada.id, sent.message_id)
    assert [entry.act for entry in world.ledger] == ["sent", "edited", "deleted"]
    assert world.complaints == []


async def test_ptb_answers_a_press_and_an_inline_query(
    ptb: telegram.Bot, world: World, ada: Person
) -> None:
    markup = telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton("Sections", callback_data="sections")]]
    )
    await ptb.send_message(ada.id, "Middle Corridor", reply_markup=markup)
    press = world.press(ada, world.sees(ada)[-1], "Sections")
    query = world.inline(ada, "aktau")
    updates = {update.update_id: update for update in await ptb.get_updates()}
    for update in updates.values():
        if update.callback_query is not None:
            await update.callback_query.answer("Here", show_alert=True)
        if update.inline_query is not None:
            content = telegram.InputTextMessageContent("*Aktau*", parse_mode="MarkdownV2")
            result = telegram.InlineQueryResultArticle("1", "Aktau", content)
            await update.inline_query.answer([result], cache_time=30, is_personal=True)
    assert (press.answer, press.alert) == ("Here", True)
    assert query.titles == ["Aktau"]
    assert world.choose(ada, query, "Aktau").text == "Aktau"
    assert world.complaints == []


async def test_ptb_uploads_a_photo_once_and_sends_it_again_by_its_id(
    ptb: telegram.Bot, world: World, ada: Person
) -> None:
    first = await ptb.send_photo(ada.id, PNG, caption="Chart")
    again = await ptb.send_photo(ada.id, first.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    media = telegram.InputMediaPhoto(PNG, caption="New chart")
    edited = await ptb.edit_message_media(media, ada.id, again.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.caption == "New chart"
    file = await ptb.get_file(first.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG
    document = await ptb.send_document(ada.id, b'{"a": 1}', filename="data.json")
    assert document.document is not None
    assert document.document.file_name == "data.json"
    assert world.complaints == []


async def test_ptb_sets_commands_and_reads_chats(
    ptb: telegram.Bot, world: World, ada: Person
) -> None:
    club = world.supergroup("The Club", ada, admin=True)
    scope = telegram.BotCommandScopeAllPrivateChats()
    await ptb.set_my_commands([("topics", "The dossiers")], scope=scope, language_code="en")
    assert [command.command for command in await ptb.get_my_commands(scope, "en")] == ["topics"]
    assert world.menu(ada) == [{"command": "topics", "description": "The dossiers"}]
    chat = await ptb.get_chat(club.id)
    assert chat.title == "The Club"
    admins = await ptb.get_chat_administrators(club.id)
    assert {type(admin) for admin in admins} == {
        telegram.ChatMemberOwner,
        telegram.ChatMemberAdministrator,
    }
    member = await ptb.get_chat_member(club.id, ada.id)
    assert member.status == "creator"
    private = await ptb.get_chat(ada.id)
    assert private.first_name == "Ada"


async def test_ptb_maps_every_kind_of_refusal(ptb: telegram.Bot, world: World, ada: Person) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await ptb.send_message(ada.id, "<b>", parse_mode="HTML")
    world.faults.add(too_many(7), method="sendMessage")
    with pytest.raises(RetryAfter) as retry:
        await ptb.send_message(ada.id, "Hello")
    assert retry.value.retry_after == timedelta(seconds=7)
    group = world.group("The Club", ada)
    moved = world.migrate(ada, group)
    with pytest.raises(ChatMigrated) as migrated:
        await ptb.send_message(group.id, "Hello")
    assert migrated.value.new_chat_id == moved.id
    world.block(ada)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(ada.id, "Hello")
    world.revoke_token()
    with pytest.raises(InvalidToken):
        await ptb.get_me()


async def polling(world: World) -> None:
    """Until a getUpdates waits."""
    for _ in range(1_000_000):
        if world.updates.poll is not None:
            return
        await asyncio.sleep(0)
    raise AssertionError("nobody polls")


async def test_two_pollers_end_each_other(ptb: telegram.Bot, world: World, ada: Person) -> None:
    taken = await ptb.get_updates()
    after = taken[-1].update_id + 1
    first = asyncio.ensure_future(ptb.get_updates(offset=after, timeout=20))
    await polling(world)
    assert world.call("getUpdates", {"offset": after}).result == []
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_aiogram_polls_sends_edits_and_uploads(
    aiogram: AiogramBot, world: World, ada: Person
) -> None:
    updates = await aiogram.get_updates(timeout=5)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start corridor"
    markup = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]]
    )
    sent = await aiogram.send_message(ada.id, "<i>Hello</i>", parse_mode="HTML")
    edited = await aiogram.edit_message_text(
        "Hello", chat_id=ada.id, message_id=sent.message_id, reply_markup=markup
    )
    assert not isinstance(edited, bool)
    assert edited.reply_markup is not None
    assert edited.reply_markup.inline_keyboard[0][0].callback_data == "go"
    photo = await aiogram.send_photo(ada.id, BufferedInputFile(PNG, "chart.png"))
    assert photo.photo is not None
    assert (await aiogram.send_photo(ada.id, photo.photo[-1].file_id)).photo == photo.photo
    assert world.complaints == []


async def test_aiogram_maps_every_kind_of_refusal(
    aiogram: AiogramBot, world: World, ada: Person
) -> None:
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await aiogram.send_message(ada.id, "x" * 4097)
    world.faults.add(too_many(7))
    with pytest.raises(TelegramRetryAfter) as retry:
        await aiogram.send_message(ada.id, "Hello")
    assert retry.value.retry_after == 7
    group = world.group("The Club", ada)
    moved = world.migrate(ada, group)
    with pytest.raises(TelegramMigrateToChat) as migrated:
        await aiogram.send_message(group.id, "Hello")
    assert migrated.value.migrate_to_chat_id == moved.id
    world.block(ada)
    with pytest.raises(TelegramForbiddenError):
        await aiogram.send_message(ada.id, "Hello")
