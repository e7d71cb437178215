"""A PostgreSQL of the system's packages, where one with postgres_fdw is installed: its own folder, its own socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MISSING = "no PostgreSQL with postgres_fdw here (Debian: apt install postgresql postgresql-contrib)"
PORT = "5432"
"""Of the socket's name; nothing listens on a network."""


def folder_of_programs() -> Path:
    """Where the newest one's programs are; skips the test without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/lib/postgres_fdw.so"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip(MISSING)
    return found[-1].parents[1] / "bin"


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then as another user of this system."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("no user but root to run PostgreSQL as")


@contextmanager
def server() -> Iterator[Path]:
    """The folder of its socket, as long as the block lasts."""
    programs, owner = folder_of_programs(), _owner()
    folder = Path(tempfile.mkdtemp(prefix="hallterm-fdw-"))
    try:
        if owner is not None:
            shutil.chown(folder, owner)

        def run(*command: str) -> None:
            subprocess.run(command, user=owner, check=True, capture_output=True, cwd=folder, env={"LC_ALL": "C.UTF-8"})

        run(str(programs / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "hallterm", "-E", "UTF8", "-N")
        options = f"-c listen_addresses='' -k {folder} -p {PORT} -F"
        pg_ctl = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w"]
        run(*pg_ctl, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield folder
        finally:
            run(*pg_ctl, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(folder: Path, database: str) -> str:
    return f"postgresql://hallterm@/{database}?host={folder}&port={PORT}"
