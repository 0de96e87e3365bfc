"""The page's protocol, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import demo
from bot.sandbox.scene import ADA, BEN, ED, ZOE
from tests.page.stage import START, Stage, Stream, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = {"Sec-Fetch-Site": "same-origin"}


def texts(chat: dict[str, Any]) -> list[str]:
    return [message["text"] for message in chat["messages"] if "text" in message]


# --- what one sees -------------------------------------------------------------------------


async def test_the_page_and_all_its_files_are_served_with_a_strict_policy(stage: Stage) -> None:
    for name in ("/", *(f"/page/{path.name}" for path in demo.PAGE.iterdir())):
        async with stage.session.get(stage.url + name) as response:
            assert response.status == 200, name
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self'")
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["..%2fdemo.py", "nothing.js", "%2e%2e/demo.py", ".hidden"])
async def test_only_files_of_the_page_are_served(stage: Stage, name: str) -> None:
    async with stage.session.get(f"{stage.url}/page/{name}") as response:
        assert response.status == 404


async def test_each_person_sees_their_own_chats(stage: Stage) -> None:
    ada, ed = await stage.state(ADA), await stage.state(ED)
    assert [chat["title"] for chat in ada["chats"]] == [
        "Briefing",
        "The Club",
        "Transit desk",
        "Corridor notes",
    ]
    assert "The Club" not in [chat["title"] for chat in ed["chats"]]
    assert [person["name"] for person in ada["people"]] == ["Ada", "Zoe", "Ed", "Ben"]
    assert ada["me"] == ADA
    assert ada["bot"]["description"] == "I repeat what you say."


async def test_somebody_unknown_looks_as_the_first(stage: Stage) -> None:
    assert (await stage.state(99))["me"] == ADA


async def test_what_one_says_reaches_the_bot_and_its_answer_is_seen(stage: Stage) -> None:
    await stage.do("start", payload="abc")
    await stage.do("say", chat=ADA, text="Good morning")
    await stage.bot.settled()
    chat = await stage.chat("Briefing")
    assert texts(chat) == ["/start abc", "Hello. abc", "Good morning", "You said: Good morning"]
    assert chat["messages"][-1]["reply_to_message"]["text"] == "Good morning"


async def test_the_menu_holds_the_commands_of_the_bot(stage: Stage) -> None:
    chat = await stage.chat("Briefing")
    assert [one["command"] for one in chat["commands"]] == ["start", "show", "shout", "ask", "keys"]


async def test_unread_messages_are_counted_until_they_are_read(stage: Stage) -> None:
    await stage.do("start")
    await stage.bot.settled()
    assert (await stage.chat("Briefing"))["unread"] == 1
    assert (await stage.state(ED))["people"][0]["unread"] == 1
    await stage.do("read", chat=ADA)
    assert (await stage.chat("Briefing"))["unread"] == 0


async def test_pictures_are_served_as_pictures_and_other_files_as_downloads(stage: Stage) -> None:
    await stage.do("start")
    image = stage.world.files.add_photo("chart.png", picture())
    page = stage.world.files.add_file("Document", "x.html", b"<script>1</script>", "text/html")
    async with stage.session.get(f"{stage.url}/demo/file/{image[-1]['file_id']}") as response:
        assert response.content_type == "image/png"
        assert await response.read() == picture()
    async with stage.session.get(f"{stage.url}/demo/file/{page['file_id']}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in response.headers["Content-Security-Policy"]
    async with stage.session.get(f"{stage.url}/demo/file/none") as response:
        assert response.status == 404


# --- what one does -------------------------------------------------------------------------


async def test_a_press_is_answered_and_the_message_edited(stage: Stage) -> None:
    await stage.do("start")
    await stage.bot.settled()
    message = (await stage.chat("Briefing"))["messages"][-1]["message_id"]
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        stream = Stream(response)
        await stream.next("hello")
        press = await stage.do("press", chat=ADA, message=message, row=0, column=0)
        edited = await stream.next("message")
        assert edited["message"]["text"] == "Counted to 1"
        assert edited["message"]["edit_date"]
        answer = await stream.next("answer")
        assert answer["id"] == press["id"]
        assert answer["text"] == "Now 1"
        assert not answer["alert"]


async def test_inline_results_come_and_the_chosen_one_is_posted(stage: Stage) -> None:
    await stage.do("start")
    await stage.bot.settled()
    club = await stage.chat("The Club")
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        stream = Stream(response)
        await stream.next("hello")
        query = await stage.do("inline", chat=club["id"], query="aktau")
        results = await stream.next("results")
    assert results["id"] == query["id"]
    assert [one["title"] for one in results["results"]] == ["aktau number 1", "aktau number 2"]
    assert set(results["results"][0]) == {"id", "title", "description"}
    await stage.do("inline", chat=club["id"], id=query["id"], result="r2")
    posted = (await stage.chat("The Club"))["messages"][-1]
    assert posted["text"] == "aktau 2"
    assert posted["via_bot"]["is_bot"]


async def test_only_who_asked_may_choose_from_the_results(stage: Stage) -> None:
    club = await stage.chat("The Club")
    query = await stage.do("inline", chat=club["id"], query="aktau")
    await stage.bot.settled()
    status, _ = await stage.post("inline", ZOE, chat=club["id"], id=query["id"], result="r1")
    assert status == 400


async def test_a_location_is_sent(stage: Stage) -> None:
    await stage.do("start")
    await stage.do("location", chat=ADA, latitude=43.238, longitude=76.945)
    message = (await stage.chat("Briefing"))["messages"][-1]
    assert message["location"]["latitude"] == pytest.approx(43.238)


async def test_ones_own_message_can_be_edited_and_deleted(stage: Stage) -> None:
    stage.bot.silent = True
    await stage.do("start")
    said = await stage.do("say", chat=ADA, text="Frist")
    await stage.do("edit", chat=ADA, message=said["message"], text="First")
    last = (await stage.chat("Briefing"))["messages"][-1]
    assert (last["text"], "edit_date" in last) == ("First", True)
    await stage.do("delete", chat=ADA, message=said["message"])
    assert texts(await stage.chat("Briefing")) == ["/start"]


async def test_a_blocked_bot_can_be_unblocked(stage: Stage) -> None:
    await stage.do("start")
    await stage.do("member", chat=ADA, do="block")
    assert (await stage.chat("Briefing"))["blocked"]
    reply = stage.world.call("sendMessage", {"chat_id": ADA, "text": "Hello"})
    assert reply.status == 403
    await stage.do("member", chat=ADA, do="unblock")
    assert not (await stage.chat("Briefing"))["blocked"]


async def test_each_offered_action_can_be_done(stage: Stage) -> None:
    done: set[str] = set()
    for title, person in (("The Club", ADA), ("Transit desk", ED), ("Corridor notes", ED)):
        for _ in range(40):
            chat = await stage.chat(title, person)
            offers = [(action, None) for action in chat["actions"]]
            offers += [(action, one["id"]) for one in chat["members"] for action in one["actions"]]
            fresh = [
                offer
                for offer in offers
                if (key := f"{title} {offer[0]['do']}") not in done and key
            ]
            if not fresh:
                break
            action, whom = fresh[0]
            done.add(f"{title} {action['do']}")
            body = {"chat": chat["id"], "do": action["do"], "words": title}
            body["person"] = action.get("person", whom)
            await stage.do("member", person, **{k: v for k, v in body.items() if v is not None})
            if action["do"] == "leave":
                await stage.do("member", person, chat=chat["id"], do="join")
    assert {name.rpartition(" ")[2] for name in done} >= {
        "add_bot", "remove_bot", "promote_bot", "demote_bot", "rename", "topic", "close_topic",
        "reopen_topic", "delete_topic", "migrate", "promote", "demote", "kick",
    }  # fmt: skip


async def test_a_reader_may_leave_a_channel_and_come_back(stage: Stage) -> None:
    notes = await stage.chat("Corridor notes")
    assert not notes["can_write"]
    await stage.do("member", chat=notes["id"], do="leave")
    notes = await stage.chat("Corridor notes")
    assert notes["can_join"]
    await stage.do("member", chat=notes["id"], do="join")
    assert not (await stage.chat("Corridor notes"))["can_join"]


async def test_a_group_that_becomes_a_supergroup_is_replaced_on_the_list(stage: Stage) -> None:
    club = await stage.chat("The Club")
    async with stage.session.get(f"{stage.url}/demo/events?as={BEN}") as response:
        stream = Stream(response)
        await stream.next("hello")
        await stage.do("member", chat=club["id"], do="migrate")
        left = await stream.next("left")
        fresh = await stream.next("chat")
    assert left["chat"] == club["id"]
    assert left["to"] == fresh["chat"]["id"] != club["id"]
    assert fresh["chat"]["messages"]


async def test_a_forced_reply_is_asked_for_until_it_is_given(stage: Stage) -> None:
    await stage.do("start")
    await stage.do("say", chat=ADA, text="/ask")
    await stage.bot.settled()
    chat = await stage.chat("Briefing")
    assert chat["force"]["placeholder"] == "Name a city"
    await stage.do("say", chat=ADA, text="Almaty", reply=chat["force"]["message_id"])
    assert (await stage.chat("Briefing"))["force"] is None


async def test_a_reply_keyboard_is_shown_and_pressed(stage: Stage) -> None:
    await stage.do("start")
    await stage.do("say", chat=ADA, text="/keys")
    await stage.bot.settled()
    keyboard = (await stage.chat("Briefing"))["keyboard"]
    await stage.do("press", chat=ADA, message=keyboard["message_id"], row=0, column=1)
    await stage.bot.settled()
    assert texts(await stage.chat("Briefing"))[-2:] == ["No", "You said: No"]


async def test_a_topic_is_written_in_and_answered_in(stage: Stage) -> None:
    desk = await stage.chat("Transit desk")
    topic = desk["topics"][0]["id"]
    await stage.do("say", chat=desk["id"], thread=topic, text="/shout loud")
    await stage.bot.settled()
    last = (await stage.chat("Transit desk"))["messages"][-1]
    assert last["message_thread_id"] == topic
    assert last["from"]["is_bot"]


@pytest.mark.parametrize(
    ("deed", "body", "status"),
    [
        ("say", {"chat": ADA}, 400),
        ("say", {"chat": ADA, "text": 5}, 400),
        ("say", {"chat": True, "text": "x"}, 400),
        ("say", {"chat": ZOE, "text": "not mine"}, 400),
        ("say", {"chat": ADA, "text": "x", "reply": 999}, 400),
        ("say", {"chat": ADA, "text": "   "}, 409),
        ("press", {"chat": ADA, "message": 999, "row": 0, "column": 0}, 400),
        ("member", {"chat": ADA, "do": "fly"}, 400),
        ("location", {"chat": ADA, "latitude": 200, "longitude": 0}, 400),
        ("clock", {"seconds": -1}, 400),
        ("clock", {"seconds": "1"}, 400),
        ("clock", {"seconds": 1e12}, 400),
        ("clock", {"to": "next"}, 409),
        ("inline", {"chat": ADA, "id": "none", "result": "r1"}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused_with_words(
    stage: Stage, deed: str, body: dict[str, Any], status: int
) -> None:
    got, answer = await stage.post(deed, **body)
    assert got == status
    assert answer["error"][0].isupper() or answer["error"][0] == "`"
    assert answer["error"].endswith((".", "?"))


async def test_nobody_else_can_be_acted_as(stage: Stage) -> None:
    status, _ = await stage.post("say", 99, chat=99, text="x")
    assert status == 404


# --- the clock -----------------------------------------------------------------------------


async def test_the_clock_is_moved_and_its_move_is_news(stage: Stage) -> None:
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        stream = Stream(response)
        await stream.next("clock")
        moved = await stage.do("clock", seconds=3600)
        news = await stream.next("clock")
    assert moved["now"] == news["now"] == (START + timedelta(hours=1)).timestamp()
    assert stage.clock.leaps == [3600]


async def test_the_clock_goes_to_the_next_delivery(stage: Stage) -> None:
    stage.clock.due = START + timedelta(minutes=90)
    assert (await stage.state())["clock"]["due"] == stage.clock.due.timestamp()
    await stage.do("clock", to="next")
    assert stage.clock.leaps == [5400]


# --- the stream ----------------------------------------------------------------------------


async def test_a_quiet_stream_says_that_it_lives(stage: Stage) -> None:
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        assert response.content_type == "text/event-stream"
        async for line in response.content:
            if line == b": still here\n":
                break


async def test_a_deleted_message_and_typing_are_news(stage: Stage) -> None:
    stage.bot.silent = True
    await stage.do("start")
    said = await stage.do("say", chat=ADA, text="Oops")
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        stream = Stream(response)
        await stream.next("hello")
        stage.bot.call("sendChatAction", chat_id=ADA, action="typing")
        assert (await stream.next("typing"))["until"] == stage.clock.now() + 5
        await stage.do("delete", chat=ADA, message=said["message"])
        assert (await stream.next("gone"))["ids"] == [said["message"]]


async def test_new_commands_are_news(stage: Stage) -> None:
    async with stage.session.get(f"{stage.url}/demo/events?as={ADA}") as response:
        stream = Stream(response)
        await stream.next("hello")
        commands = [{"command": "fresh", "description": "New"}]
        stage.bot.call("setMyCommands", commands=commands)
        assert (await stream.next("chat"))["chat"]["commands"] == commands


# --- who may ask ---------------------------------------------------------------------------


async def test_a_foreign_host_name_is_refused(stage: Stage) -> None:
    for host in ("evil.example", "localhost.evil.example", "", "[::1"):
        headers = {"Host": host}
        async with stage.session.get(f"{stage.url}/demo/state", headers=headers) as response:
            assert response.status in (400, 403), host
    async with stage.session.get(
        f"{stage.url}/demo/state", headers={"Host": "localhost:8080"}
    ) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (HERE, 200),
    ],
)
async def test_a_foreign_page_cannot_make_anything_happen(
    stage: Stage, headers: dict[str, str], status: int
) -> None:
    body = b'{"as": %d, "payload": ""}' % ADA
    headers = {"Content-Type": "application/json", **headers}
    async with stage.session.post(
        f"{stage.url}/demo/start", data=body, headers=headers
    ) as response:
        assert response.status == status
    assert bool(texts(await stage.chat("Briefing"))) == (status == 200)


async def test_a_body_that_is_no_object_is_refused(stage: Stage) -> None:
    headers = {"Content-Type": "application/json"}
    for body, status in ((b"[1]", 400), (b"{", 400), (b'"' + b"x" * 70_000 + b'"', 413)):
        async with stage.session.post(
            f"{stage.url}/demo/say", data=body, headers=headers
        ) as response:
            assert response.status == status


async def test_a_start_link_on_a_foreign_page_only_offers_the_start(stage: Stage) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with stage.session.get(
        f"{stage.url}/?start=a-b", headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 302
        assert response.headers["Location"] == "/?offer=a-b"
    async with stage.session.get(f"{stage.url}/?start=a-b", allow_redirects=False) as response:
        assert response.status == 200
