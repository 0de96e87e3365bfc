"""One request and its answer, with the waiting of getUpdates and the faults that are scripted.

Shared by `transport` and `server`. A connection that breaks is a ConnectionRefusedError or a
ConnectionResetError here; each carrier makes of it what its own caller would meet.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.chats import Payload
from bot.sandbox.dispatch import Files, Reply, call, refuse
from bot.sandbox.faults import Fault
from bot.sandbox.params import Params
from bot.sandbox.refusals import Refusal, conflict
from bot.sandbox.state import State
from bot.sandbox.updates import Poll

Sleep = Callable[[float], Awaitable[object]]

LONGEST_POLL = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire. `drip` is the pause between two bytes of the body, if any."""

    status: int
    body: bytes
    headers: Mapping[str, str] | None = None
    content_type: str = "application/json"
    drip: float = 0.0


def plain(reply: Reply) -> Answer:
    """A reply of the Bot API on the wire."""
    return Answer(reply.status, reply.encoded(), reply.headers)


async def exchange(
    state: State, method: str, params: Mapping[str, object], files: Files, sleep: Sleep
) -> Answer:
    """Answer one request. `sleep` measures the waiting, so that virtual clocks work.

    Raises ConnectionRefusedError or ConnectionResetError where a fault says so.
    """
    name = method.lower()
    fault = state.faults.pick(name, params.get("chat_id")) if state.faults.scripts else None
    if fault is not None:
        return await _fail(state, fault, method, params, files, sleep)
    reply = call(state, method, params, files)
    if name == "getupdates" and reply.status == 200 and not reply.body["result"]:
        reply = await _poll(state, method, params, reply, sleep)
    if name == "getupdates" and reply.status == 200 and state.updates.spoiled:
        return Answer(reply.status, _spoiled(state, reply.body["result"]), reply.headers)
    return plain(reply)


def _spoiled(state: State, updates: Sequence[Payload]) -> bytes:
    """An answer with the updates that were spoiled in it, whatever they hold."""
    spoiled = state.updates.spoiled
    written = [spoiled.get(one["update_id"]) or json.dumps(one).encode() for one in updates]
    return b'{"ok":true,"result":[' + b",".join(written) + b"]}"


async def _poll(
    state: State, method: str, params: Mapping[str, object], empty: Reply, sleep: Sleep
) -> Reply:
    """Wait for an update, for the time asked for, or until another poller comes."""
    seconds = Params(params, {}).integer("timeout", 0, 0, LONGEST_POLL)
    if not seconds:
        return empty
    news = asyncio.Event()
    poll = Poll(news.set)
    state.updates.begin(poll)
    waiting = {asyncio.ensure_future(news.wait()), asyncio.ensure_future(sleep(seconds))}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        state.updates.finish(poll)
    if poll.ended:
        return refuse(conflict(poll.ended))
    return call(state, method, params, {})


async def _fail(
    state: State,
    fault: Fault,
    method: str,
    params: Mapping[str, object],
    files: Files,
    sleep: Sleep,
) -> Answer:
    """Let the call fail as the fault says."""
    match fault.kind:
        case "refuse":
            raise ConnectionRefusedError("scripted: connection refused")
        case "reset":
            raise ConnectionResetError("scripted: connection reset before the request was read")
        case "hang":
            await asyncio.Event().wait()
        case "flood":
            return Answer(200, b" " * fault.size)
        case "answer" if fault.html:
            return Answer(fault.code, _page(fault.code), content_type="text/html")
        case "answer":
            return plain(refuse(Refusal(fault.code, fault.description, fault.parameters)))
    answer = plain(call(state, method, params, files))
    match fault.kind:
        case "lose":
            raise ConnectionResetError("scripted: the answer was lost")
        case "slow":
            await sleep(fault.seconds)
        case "garble":
            return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)
        case "drip":
            return Answer(answer.status, answer.body, answer.headers, drip=fault.seconds)
    return answer


def _page(code: int) -> bytes:
    """What a proxy in front of the server says."""
    reason = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
    title = f"{code} {reason.get(code, 'Gateway Timeout')}"
    return f"<html><head><title>{title}</title></head><body>{title}</body></html>".encode()


def parse_body(text: bytes) -> dict[str, object]:
    """A JSON body as parameters. Raises ValueError where it is no object."""
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return value
