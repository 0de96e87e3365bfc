"""A real PostgreSQL for the tests: Debian's package, in a folder and on a port of its own.

It refuses root, so under root it is started as its own user. One server serves one test process;
each test gets a database, copied from a template that holds the schema.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WAIT = 60

# It holds nothing of value, so it need not reach the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest version first; None if not installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parent.parent.name) if path.parent.parent.name.isdigit() else 0,
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


@dataclass(frozen=True)
class Server:
    """A running server. `url` is the address of one of its databases."""

    programs: Path
    folder: Path
    port: int
    user: str | None

    def url(self, database: str) -> str:
        return f"postgresql://bot@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs, as its user; raises with what it said if it fails."""
        done = subprocess.run(
            [self.programs / program, *words],
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=WAIT,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


# For measuring: as an operator would run it, every commit on the disk before it is told.
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "autovacuum": "on",
    "max_wal_size": "2GB",
}


@contextmanager
def server(**changed: str) -> Iterator[Server]:
    """Start a server, with some SETTINGS `changed`; it is stopped and its folder removed at the
    end."""
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="briefing-postgres-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    try:
        made = Server(found, folder, _free_port(), user)
        data = str(folder / "data")
        made.run(
            "initdb", "-D", data, "-U", "bot", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"
        )
        chosen = SETTINGS | changed
        options = " ".join(f"-c {key}='{value}'" for key, value in chosen.items())
        log = str(folder / "log")
        made.run("pg_ctl", "start", "-D", data, "-w", "-l", log, "-o", f"-p {made.port} {options}")
        try:
            yield made
        finally:
            made.run("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
