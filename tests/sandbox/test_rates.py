"""How fast a bot may send, on a clock that stands still."""

from __future__ import annotations

import pytest

from bot.sandbox.chats import Chat
from bot.sandbox.rates import Rates
from tests.sandbox.house import House


def send(house: House, chat: int, **more: object) -> int:
    """Send; 0, or the seconds to wait."""
    reply = house.call("sendMessage", {"chat_id": chat, "text": "x"} | more)
    if reply.status == 200:
        return 0
    assert reply.status == 429
    wait = reply.body["parameters"]["retry_after"]
    assert reply.body["description"] == f"Too Many Requests: retry after {wait}"
    assert reply.headers == {"Retry-After": str(wait)}
    return int(wait)


async def test_a_group_takes_twenty_in_any_sixty_seconds() -> None:
    house = House(rates=Rates(private=False, overall=False))
    club = house.group("The Club", house.started())
    for _ in range(20):
        assert send(house, club.id) == 0
        await house.clock.advance(1)
    assert send(house, club.id) == 40
    assert send(house, club.id) == 40
    await house.clock.advance(39.5)
    assert send(house, club.id) == 1
    await house.clock.advance(0.5)
    assert send(house, club.id) == 0
    assert send(house, club.id) == 1
    assert house.rates.refused["group"] == 4


async def test_the_topics_of_a_forum_share_its_window() -> None:
    house = House(rates=Rates(private=False, overall=False))
    ada = house.started()
    forum = house.supergroup("Forum", ada, forum=True)
    topics = [house.topic(ada, forum, name).id for name in ("one", "two")]
    for number in range(20):
        assert send(house, forum.id, message_thread_id=topics[number % 2]) == 0
    assert send(house, forum.id) == 60


async def test_a_private_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    house = House(rates=Rates(group=False, overall=False))
    ada = house.started()
    for _ in range(5):
        assert send(house, ada.id) == 0
    assert send(house, ada.id) == 1
    await house.clock.advance(1)
    assert send(house, ada.id) == 0
    assert send(house, ada.id) == 1
    for _ in range(50):
        await house.clock.advance(1)
        assert send(house, ada.id) == 0


async def test_all_chats_together_take_thirty_in_any_second() -> None:
    house = House(rates=Rates(private=False, group=False))
    chats = [house.started(f"P{number}").id for number in range(31)]
    for chat in chats[:15]:
        assert send(house, chat) == 0
    await house.clock.advance(0.5)
    for chat in chats[15:30]:
        assert send(house, chat) == 0
    assert send(house, chats[30]) == 1
    await house.clock.advance(0.5)
    for chat in chats[:15]:
        assert send(house, chat) == 0
    assert send(house, chats[30]) == 1


async def test_a_paid_broadcast_takes_a_thousand() -> None:
    house = House(rates=Rates(private=False, group=False), stars=True)
    ada = house.started()
    for _ in range(1000):
        assert send(house, ada.id, allow_paid_broadcast=True) == 0
    assert send(house, ada.id, allow_paid_broadcast=True) == 1


def test_what_was_refused_does_not_count() -> None:
    house = House(rates=Rates(private=False, overall=False))
    club = house.group("The Club", house.started())
    for _ in range(30):
        house.refused("sendMessage", chat_id=club.id, text="")
    assert send(house, club.id) == 0


def test_answers_to_a_press_and_edits_are_free() -> None:
    house = House(rates=Rates(private=False, overall=False))
    ada = house.started()
    club = house.group("The Club", ada)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = house.ask("sendMessage", chat_id=club.id, text="x", reply_markup=markup)
    for number in range(25):
        press = house.press(ada, house.sees(ada, club)[-1], "Go")
        house.ask("answerCallbackQuery", callback_query_id=press.id)
        house.ask(
            "editMessageText",
            chat_id=club.id,
            message_id=sent["message_id"],
            text=str(number),
            reply_markup=markup,
        )


def test_edits_can_be_made_to_count() -> None:
    house = House(rates=Rates(private=False, overall=False, edits=True))
    club = house.group("The Club", house.started())
    sent = house.ask("sendMessage", chat_id=club.id, text="x")["message_id"]
    for number in range(19):
        house.ask("editMessageText", chat_id=club.id, message_id=sent, text=str(number))
    assert house.refused(
        "editMessageText", chat_id=club.id, message_id=sent, text="again"
    ).startswith("429")


async def test_slow_mode_holds_the_bot_back_unless_it_is_an_admin() -> None:
    house = House()
    ada = house.started()
    club = house.supergroup("The Club", ada)
    house.slow_mode(club, 30)
    assert send(house, club.id) == 0
    assert send(house, club.id) == 30
    await house.clock.advance(30)
    assert send(house, club.id) == 0
    house.promote(ada, club)
    assert send(house, club.id) == 0


@pytest.mark.parametrize("which", ["private", "group", "overall"])
def test_each_window_can_be_switched_off(which: str) -> None:
    rates = Rates()
    rates.off()
    setattr(rates, which, True)
    chat = Chat(1, "group" if which == "group" else "private")
    limit = {"private": 5, "group": 20, "overall": 30}[which]
    for _ in range(limit):
        rates.take(chat, 0.0)
    assert not rates.refused
