"""Who does what to whom: in a question, and in what is written.

"Did Russia lift the ban on Armenia" shares every word but one with what Azerbaijan did, and all of
them with its dossier. Countries, and the people and bodies of the library who stand for them, are
therefore held apart by the part that they play, where the editors wrote the parts down (`roles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain

from bot.content.entries import Entry
from bot.content.frames import WHETHER
from bot.content.lands import COUNTRIES
from bot.content.library import Library
from bot.content.model import Part, Role
from bot.content.spelling import fold, stem


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BE = _set("is are was were isnt arent wasnt werent be been")
_THERE = _set("border borders port ports coast side frontier harbour harbours market markets")
"""What is a place in a country: the Chinese border."""
_TITLES = _set("""
    president presidents prime minister ministers mr leader leaders pm government governments
    foreign official officials side
""")
_ASIDE = _TITLES | _set("""
    the a an ever already really also still just now even actually finally indeed not then both
""")
_BODIES = _set("eu us usa uk uae")
"""Countries with an article, which makes no adjective of them."""
_OF_LANDS = re.compile(
    r"\w+(?:ian|ish|ese|jani|eri|ench|pean|ican|german|korean|afghan|zbek|tajik|gyz|arab)s?|kazakhs?"
    r"|turkmens?|greeks?|dutch|swiss"
)
"""Adjectives: what is Armenian is not Armenia."""
_POSSESSIVE = re.compile(r"(\w+)[’'`´]s?\b")
_BEFORE: dict[str, Part] = {
    "by": "by", "on": "to", "against": "to", "to": "to", "toward": "to", "towards": "to",
    "through": "through", "via": "through", "across": "through", "cross": "through",
    "crosses": "through", "crossed": "through", "crossing": "through", "in": "at",
}  # fmt: skip
_ONLY_LANDS = _set("on in")
"""Behind these a person is no place: "on Aliyev's visit"."""
_SAID_ON = _set("say says said speak spoke news word words statement remark remarks comment")
_VERBS = _set("""
    lift remove end drop scrap blockade restrict accuse blame complain criticise criticize praise
    thank congratulate welcome greet invite host receive sign agree lend give fund finance invest
    build lay promise announce declare say tell stress mention want expect hope support back endorse
    reject refuse deny oppose accept respond react attack invade occupy win lose start begin close
    open reopen impose allow permit let send ship sell buy deliver carry transport join leave lead
    chair propose ask instruct measure expand boost own control recognise recognize meet regard see
    consider describe show present keep take get close seize
""")
_ALSO_NOUNS = _set("""
    export import loan grant visit talk claim answer plan trade reply call state offer note demand
    aim ban block name use order test
""")
_PAST = _set("""
    said told gave lent met won lost began built laid let sent sold bought led left took kept saw
    withdrew held got
""")


def _forms(verb: str) -> set[str]:
    base = verb.removesuffix("e")
    doubled = verb + verb[-1]
    return {verb + "s", verb + "es", base + "ed", base + "ing", doubled + "ed", doubled + "ing"}


_INFLECTED = frozenset(form for verb in _VERBS for form in _forms(verb)) | _PAST
_ANY_FORM = _INFLECTED | _VERBS | _ALSO_NOUNS | {f for v in _ALSO_NOUNS for f in _forms(v)}
_STATES = _set("""
    ready neutral willing able likely going expected prepared happy angry interested rich content
""")
_JOINING = _set("of with from for into than between about like")
_DONE = frozenset(form for verb in _VERBS | _ALSO_NOUNS for form in _forms(verb) if form[-1] == "d")
_PARTICIPLES = _DONE | _set("given lent told built sent sold hit held led seen shown taken")


@dataclass(frozen=True, slots=True)
class Parts:
    """Who plays which part in a question; `named` is whoever is named in it, `does` the stem of
    the verb of who does it, "be" where something is said of them."""

    named: frozenset[str] = frozenset()
    played: Mapping[Part, frozenset[str]] = field(default_factory=dict)
    does: str = ""


class Actors:
    """Knows the countries of the world, and the people and bodies of a library."""

    def __init__(self, library: Library, proper: Set[str]) -> None:
        """`proper` are the stems of proper names."""
        self._people: dict[str, str] = {}
        for dossier in library.dossiers.values():
            for person in dossier.people.values():
                words = map(stem, fold(person.role).split())
                lands = {COUNTRIES[word] for word in words if word in COUNTRIES}
                stands_for = lands.pop() if len(lands) == 1 else person.key
                short = (alias for alias in person.aliases if " " not in alias)
                told = {stem(word) for text in short for word in fold(text).split()}
                told |= {stem(word) for word in fold(person.name).split()} & proper
                for root in told - COUNTRIES.keys():
                    self._people.setdefault(root, stands_for)
        self._roles: dict[tuple[str, str], Sequence[Role]] = {}
        self._speaking: dict[tuple[str, str], frozenset[str]] = {}
        for dossier in library.dossiers.values():
            for noun, items in (("section", dossier.sections), ("event", dossier.events)):
                for item in items.values():
                    self._roles[noun, item.key] = item.roles
                    names = {
                        name
                        for role in item.roles
                        for given in role.parts.values()
                        for name in given
                    }
                    self._speaking[noun, item.key] = frozenset(map(self.identify, names))
            parts = (self._speaking["section", item.key] for item in dossier.sections.values())
            self._speaking["dossier", dossier.dossier] = frozenset().union(*parts)
            roles = [it.roles for it in dossier.sections.values()]
            roles += [it.roles for it in dossier.events.values()]
            if all(roles):
                self._roles["dossier", dossier.dossier] = tuple(chain.from_iterable(roles))

    def identify(self, name: str) -> str:
        """Whom a name stands for, "Baku" for Azerbaijan; empty for nobody who is known."""
        return next(filter(None, map(self._of, map(stem, fold(name).split()))), "")

    def is_acted(self, asked: str, words: Sequence[str], entry: Entry, around: Set[str]) -> bool:
        """Whether an entry speaks of all who are named in a question, and in their parts.

        `asked` is the question as written, `words` are its folded words, slips set right; `around`
        are the words of the entry's dossier.
        """
        parts = self.parts(asked, words)
        if not parts.named:
            return True
        if entry.noun == "figure":
            roles = self._roles.get(("section", entry.home), ())
            return not roles or any(self._fits(parts, role) for role in roles)
        key = (entry.noun, entry.key)
        if entry.noun in {"person", "term"}:
            own = self._among(entry.named | entry.said.keys())
            if own and not parts.played.get("at", frozenset()) <= own:
                return False
        spoken_of = self._among(entry.named | entry.said.keys() | around)
        if not parts.named <= spoken_of | self._speaking.get(key, frozenset()):
            return False
        roles = self._roles.get(key, ())
        return not roles or any(self._fits(parts, role) for role in roles)

    def _fits(self, parts: Parts, role: Role) -> bool:
        """Whether all are in their parts; one that the role leaves open, all may play."""
        if role.does and parts.does and parts.does not in map(stem, role.does):
            return False
        given = role.parts
        return all(
            part not in given or names <= set(map(self.identify, given[part]))
            for part, names in parts.played.items()
        )

    def is_known(self, word: str) -> bool:
        """Whether a folded word names a country or somebody of the library."""
        return bool(self._of(stem(word)))

    def _of(self, root: str) -> str:
        return COUNTRIES.get(root) or self._people.get(root, "")

    def _among(self, roots: Iterable[str]) -> frozenset[str]:
        return frozenset(filter(None, map(self._of, roots)))

    def parts(self, asked: str, words: Sequence[str]) -> Parts:
        """Who plays which part in a question, as far as that is plain."""
        who = [self._of(stem(word)) for word in words]
        named = frozenset(filter(None, who))
        if not named:
            return Parts()
        owners = {stem(fold(word)) for word in _POSSESSIVE.findall(asked)}
        said = _Said(words, who, [stem(word) in owners for word in words])
        played: dict[Part, set[str]] = {}
        part, names, does = said.subject()
        if names:
            played[part] = names
        for at, word in enumerate(words):
            is_said = word == "on" and at and words[at - 1] in _SAID_ON
            if word in _BEFORE and not is_said and (asked.isascii() or word not in _ONLY_LANDS):
                names, first = said.names(at + 1)
                if word in _ONLY_LANDS and stem(words[min(first, len(words) - 1)]) not in COUNTRIES:
                    continue
                if names:
                    played.setdefault(_BEFORE[word], set()).update(names)
            elif does and word in _ANY_FORM and said.names(at + 1)[1] == at + 1:
                played.setdefault("to", set()).update(said.names(at + 1)[0])
        return Parts(named, {part: frozenset(names) for part, names in played.items()}, does)


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a question, who each stands for, and whether it is written as an owner."""

    words: Sequence[str]
    who: Sequence[str]
    owns: Sequence[bool]

    def names(self, start: int) -> tuple[set[str], int]:
        """Those who are named from `start` on, "Kazakhstan and Azerbaijan", and where the first
        is; nobody where the name only tells what kind of thing, "the Armenia ban"."""
        first = start
        while first < len(self.words) and self.words[first] in _ASIDE:
            first += 1
        end = self._past(first)
        names = {who for who in self.who[first:end] if who}
        if not names or "or" in self.words[first:end]:
            return set(), first
        last = self.words[end - 1]
        around = (*self.words[start:first], *self.words[end : end + 2])
        has_title = not (_TITLES | _THERE).isdisjoint(around)
        if any(self.owns[first:end]) or (_OF_LANDS.fullmatch(last) and not has_title):
            return set(), first
        has_article = first > start and self.words[first - 1] == "the"
        if has_article and last not in _BODIES and not has_title and stem(last) in COUNTRIES:
            return set(), first
        return names, first

    def subject(self) -> tuple[Part, set[str], str]:
        """Who does it and the stem of the verb: behind the auxiliary of a question, or first and
        before a verb. In the passive, to whom it is done."""
        words = self.words
        for at in range(min(4, len(words))):
            if words[at] in WHETHER:
                names, first = self.names(at + 1)
                end = self._past(first)
                rest = [word for word in words[end:] if word not in _ASIDE]
                behind = rest[0] if rest else ""
                is_passive = behind == "been" or (words[at] in _BE and behind in _PARTICIPLES)
                is_copula = words[at] in _BE and (
                    len(rest) == 1 or tuple(words[end : end + 1]) == ("a",) or behind in _STATES
                )
                if not names or not (is_passive or is_copula or behind in _ANY_FORM):
                    break
                does = "be" if is_copula else behind
                return ("to" if is_passive else "by"), names, stem(does)
        return next(self._stated(), ("by", set(), ""))

    def _stated(self) -> Iterator[tuple[Part, set[str], str]]:
        """Somebody and a verb side by side, "heard that Armenia lifts", wherever they stand."""
        words, at = self.words, 0
        while at < len(words):
            names, first = self.names(at)
            end = max(self._past(first), first + 1)
            rest = [word for word in words[end:] if word not in _ASIDE]
            follows = rest[0] if rest else ""
            is_free = first == 0 or words[first - 1] not in _BEFORE.keys() | _JOINING
            # "Ban on Armenia lifted" is not what Armenia did.
            has_more = not follows.endswith("ed") or (len(rest) > 1 and rest[1] not in _BEFORE)
            is_verb = follows in _INFLECTED | WHETHER or self._is_verb(end)
            if names and is_free and has_more and is_verb:
                is_passive = follows in _BE and any(word in _PARTICIPLES for word in rest[1:3])
                if follows in WHETHER:
                    follows = next((word for word in rest[1:] if word in _ANY_FORM), "")
                yield ("to" if is_passive else "by"), names, stem(follows)
            at = end

    def _is_verb(self, at: int) -> bool:
        """Whether a word that may be a noun too has somebody behind it: "visits Yerevan"."""
        has_object = at + 1 < len(self.words) and bool(self.who[at + 1])
        return has_object and self.words[at] in _ANY_FORM

    def _past(self, first: int) -> int:
        """The place behind the names that begin at `first`."""
        at = first
        while at < len(self.words) and (
            self.who[at] or (at > first and self.words[at] in {"and", "or"})
        ):
            at += 1
        return at
