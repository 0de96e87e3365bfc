"""What surrounds the process: variables over `.env`, secrets from files, names that are misspelt.

Knows no setting by itself: it is told the names. Problems are added to a list, as sentences.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

PREFIX = "BRIEFING_"
FILE_LIMIT = 64 * 1024

# Kubernetes writes the address of a service called "briefing-bot" into every pod by such names.
_INJECTED = re.compile(r"BRIEFING_BOT_(SERVICE_|PORT(_|$))")


def read_dotenv(path: Path | None, problems: list[str]) -> dict[str, str]:
    """Names and values as the file has them; nothing when there is no such file."""
    if path is None or not path.is_file():
        return {}
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        problems.append(f"{path} cannot be read. Make it a text file in UTF-8 that we may read.")
        return {}
    return {name: value or "" for name, value in found.items()}


def gather(
    layers: Sequence[Mapping[str, str]],
    known: Sequence[str],
    secrets: Sequence[str],
    problems: list[str],
) -> dict[str, str | None]:
    """Values by name, the prefix taken off; a later layer wins, an empty value is none.

    `known` are whole names, `secrets` those without prefix that may come from `..._FILE`.
    A value is None when its file could not be read.
    """
    return _read_files(_lay(layers, known, secrets, problems), problems)


def seek_folders(
    values: Mapping[str, str | None], names: Sequence[str], problems: list[str]
) -> None:
    """Of the folders that were named, those that are not there become problems."""
    for name in names:
        value = values.get(name) or "."
        try:
            there = Path(value).expanduser().exists()
        except (OSError, RuntimeError):
            continue
        if not there:
            problems.append(
                f"{PREFIX}{name} names{_shown(value, 'folder')}, which does not exist. "
                "Create it, or name another."
            )


def _lay(
    layers: Sequence[Mapping[str, str]],
    known: Sequence[str],
    secrets: Sequence[str],
    problems: list[str],
) -> dict[str, str]:
    laid: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for layer in layers:
        ours: dict[str, str] = {}
        for written, value in layer.items():
            name = written.upper()
            if name in known:
                ours[name.removeprefix(PREFIX)] = value.strip()
            elif doubt := _doubt(name, known):
                doubts[name] = f"{written} {doubt}"
        for secret in secrets:
            both = (secret, f"{secret}_FILE")
            if all(ours.get(name) for name in both):
                problems.append(f"{PREFIX}{secret} is given twice, also by a file. Keep one.")
            # A secret of an upper layer replaces that of a lower one, whichever form each has.
            if any(name in ours for name in both):
                for name in both:
                    laid.pop(name, None)
        laid |= ours
    problems += doubts.values()
    return {name: value for name, value in laid.items() if value}


def _doubt(name: str, known: Sequence[str]) -> str:
    """What is wrong with a name that is no setting; empty if it is none of our business."""
    if name.startswith(PREFIX):
        if _INJECTED.match(name):
            return ""
        if name.removesuffix("_FILE") in known:
            return "is no setting: only secrets may come from a file."
        bare = {other.removeprefix(PREFIX): other for other in known}
        near = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1)
        if near:
            return f"is no setting. Did you mean {bare[near[0]]}?"
        return "is no setting. The README lists those there are."
    if name.startswith("BR"):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
        return f"is no setting. Did you mean {near[0]}?" if near else ""
    return ""


def _read_files(laid: Mapping[str, str], problems: list[str]) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for name, value in laid.items():
        if name.endswith("_FILE"):
            values[name.removesuffix("_FILE")] = _read_file(name, value, problems)
        else:
            values[name] = value
    return values


def _shown(value: str, kind: str) -> str:
    """A path as it was named: who writes a secret there does not find it in the log."""
    return f" {value}" if "/" in value and ":" not in value else f" a {kind}"


def _read_file(name: str, value: str, problems: list[str]) -> str | None:
    shown = _shown(value, "file")
    try:
        with Path(value).open("rb") as file:
            text = file.read(FILE_LIMIT).decode().strip()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        problems.append(f"{PREFIX}{name} names{shown}, but: {reason}.")
        return None
    except UnicodeDecodeError:
        problems.append(f"{PREFIX}{name} names{shown}, which is no text in UTF-8.")
        return None
    except ValueError:
        problems.append(f"{PREFIX}{name} is no file's name: it holds a NUL.")
        return None
    if not text:
        problems.append(f"{PREFIX}{name} names{shown}, which is empty.")
        return None
    return text
