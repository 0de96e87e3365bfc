"""Files that were uploaded, and the ids they go by. Nothing is scaled: each size is the original.

A file id belongs to one kind of file and can be sent again for nothing.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import blake2b

from bot.sandbox.chats import Payload
from bot.sandbox.refusals import Refusal, bad

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024

_SIZES = (90, 320, 800)
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{20,}\Z")
_PREFIX = {"Photo": "AgACAgIAAxkBAA", "Document": "BQACAgIAAxkBAA", "Voice": "AwACAgIAAxkBAA"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file by one of its ids. `path` is what getFile says."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    name: str
    mime: str
    data: bytes = field(repr=False)
    shape: Payload | list[Payload] = field(repr=False)
    """What a message shows of it: a Document, or the PhotoSizes."""


@dataclass(slots=True)
class Files:
    """All files of this world, by id and by path."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)
    by_path: dict[str, StoredFile] = field(default_factory=dict)
    _count: int = 0

    def _names(self, kind: str, data: bytes, suffix: str) -> tuple[str, str]:
        self._count += 1
        digest = blake2b(data, digest_size=12, salt=suffix.encode()[:16]).digest()
        stamp = blake2b(f"{self._count}{suffix}".encode(), digest_size=12).digest()
        tail = urlsafe_b64encode(stamp + digest).decode()
        prefix = _PREFIX.get(kind, "BAACAgIAAxkBAA")
        return prefix + tail, "AQAD" + urlsafe_b64encode(digest[:9]).decode()

    def _keep(self, stored: StoredFile) -> StoredFile:
        self.by_id[stored.file_id] = stored
        self.by_path[stored.path] = stored
        return stored

    def add_photo(self, name: str, data: bytes, mime: str = "") -> list[Payload]:
        """Take a picture in: its PhotoSizes, smallest first. Raises the 400s for bad ones."""
        if len(data) > MAX_PHOTO:
            raise bad("File is too big")
        size = image_size(data)
        if size is None:
            raise bad("IMAGE_PROCESS_FAILED")
        width, height = size
        if width + height > 10000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        shape: list[Payload] = []
        longest = max(width, height)
        for edge in (*(edge for edge in _SIZES if edge < longest), longest):
            file_id, unique_id = self._names("Photo", data, str(edge))
            shape.append(
                {
                    "file_id": file_id,
                    "file_unique_id": unique_id,
                    "file_size": len(data),
                    "width": max(1, width * edge // longest),
                    "height": max(1, height * edge // longest),
                }
            )
            path = f"photos/file_{self._count}.{image_suffix(data)}"
            mime = mime or f"image/{image_suffix(data)}"
            self._keep(StoredFile(file_id, unique_id, "Photo", path, name, mime, data, shape))
        return shape

    def add_file(
        self, kind: str, name: str, data: bytes, mime: str, extra: Payload | None = None
    ) -> Payload:
        """Take any file in: its Document (or Voice, Sticker ...) with the fields of `extra`."""
        if len(data) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        if not data:
            raise bad("File must be non-empty")
        file_id, unique_id = self._names(kind, data, kind)
        shape: Payload = {
            "file_id": file_id,
            "file_unique_id": unique_id,
            "file_size": len(data),
            **(extra or {}),
        }
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{kind.lower()}s/file_{self._count}.{suffix}"
        self._keep(StoredFile(file_id, unique_id, kind, path, name, mime, data, shape))
        return shape

    def reuse(self, kind: str, file_id: str) -> StoredFile:
        """The file of an id, which must be of this kind. Raises the 400s for a wrong one."""
        stored = self.by_id.get(file_id)
        if stored is None:
            if _FILE_ID.match(file_id):
                raise bad(
                    "Wrong remote file identifier specified: can't unserialize it. "
                    "Wrong last symbol"
                )
            raise bad("Wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise bad(f"Can't use file of type {stored.kind} as {kind}")
        return stored


def image_suffix(data: bytes) -> str:
    """png, gif, webp or jpg by the first bytes."""
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"GIF8"):
        return "gif"
    return "webp" if data[8:12] == b"WEBP" else "jpg"


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        size = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    elif data.startswith(b"GIF8") and len(data) >= 10:
        size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    elif data.startswith(b"\xff\xd8"):
        size = _jpeg_size(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        size = _webp_size(data)
    else:
        return None
    return size if min(size) > 0 else None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(data[position + 5 : position + 7])
            return int.from_bytes(data[position + 7 : position + 9]), height
        position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return 0, 0


def _webp_size(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return (
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    return (
        int.from_bytes(data[26:28], "little") & 0x3FFF,
        int.from_bytes(data[28:30], "little") & 0x3FFF,
    )
