"""What goes wrong on purpose.

    world.faults.add(too_many(35), method="sendMessage", chat=club.id, times=1)
    world.faults.add(lose_answer(), chance=0.01)          # seeded, the same in each run
    world.faults.add(status(502), skip=3, times=2)        # calls 4 and 5
    script = world.faults.add(hang()); ...; script.stop()

The first script that matches a call applies; `times=None` goes on until stopped. `script.hits`
counts. Faults befall calls that come through `transport` and `server`, never `World.call`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.chats import Payload
from bot.sandbox.draws import Draws

Kind = Literal["answer", "hang", "refuse", "reset", "lose", "slow", "garble", "flood", "drip"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail; the functions below make them."""

    kind: Kind
    code: int = 200
    description: str = ""
    parameters: Payload | None = None
    seconds: float = 0.0
    html: bool = False
    size: int = 0


def refusal(code: int, description: str, parameters: Payload | None = None) -> Fault:
    """Any answer of the Bot API: `refusal(403, "Forbidden: bot was blocked by the user")`."""
    return Fault("answer", code, description, parameters)


def too_many(seconds: int) -> Fault:
    """A 429 with its retry_after."""
    return refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def status(code: int) -> Fault:
    """What a proxy says: 500, 502, 503 or 504, with a page of HTML; nothing was done."""
    return Fault("answer", code, html=True)


def hang() -> Fault:
    """Silence; nothing was done. Only the caller's own timeout ends it."""
    return Fault("hang")


def refuse() -> Fault:
    """No connection."""
    return Fault("refuse")


def reset() -> Fault:
    """The connection breaks before the request was read; nothing was done."""
    return Fault("reset")


def lose_answer() -> Fault:
    """The work is done, then the connection breaks: the caller cannot know."""
    return Fault("lose")


def slow(seconds: float) -> Fault:
    """The work is done at once, the answer comes after `seconds`."""
    return Fault("slow", seconds=seconds)


def drip(seconds: float) -> Fault:
    """The work is done; the answer comes a byte at a time, one every `seconds` (over HTTP)."""
    return Fault("drip", seconds=seconds)


def flood(size: int) -> Fault:
    """Nothing is done, and a 200 with `size` bytes of nonsense comes."""
    return Fault("flood", size=size)


def broken_json() -> Fault:
    """The work is done, a 200 comes, and its body is cut off in the middle."""
    return Fault("garble")


@dataclass(slots=True, eq=False)
class Script:
    """When a fault strikes, and how often it did."""

    fault: Fault
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    skip: int = 0
    chance: float = 1.0
    hits: int = 0
    stopped: bool = False

    def stop(self) -> None:
        """No more of it."""
        self.stopped = True


@dataclass(slots=True)
class Faults:
    """The scripts in force."""

    draws: Draws
    scripts: list[Script] = field(default_factory=list)

    def add(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat: int | None = None,
        times: int | None = -1,
        skip: int = 0,
        chance: float = 1.0,
    ) -> Script:
        """Let calls fail: of one method, to one chat, or any.

        `skip` lets that many matching calls pass first. `times` is 1 unless said otherwise or a
        `chance` below 1 is given; None means for ever.
        """
        if times == -1:
            times = 1 if chance >= 1 else None
        script = Script(fault, method.lower() if method else None, chat, times, skip, chance)
        self.scripts.append(script)
        return script

    def clear(self) -> None:
        """All well again."""
        self.scripts.clear()

    def pick(self, method: str, chat: object) -> Fault | None:
        """The fault that befalls this call, if any. `method` in lower case."""
        for script in self.scripts:
            if script.stopped or (script.times is not None and script.hits >= script.times):
                continue
            if script.method not in (None, method):
                continue
            if script.chat is not None and str(script.chat) != str(chat):
                continue
            if script.chance < 1 and self.draws.share() >= script.chance:
                continue
            if script.skip:
                script.skip -= 1
                continue
            script.hits += 1
            return script.fault
        return None
