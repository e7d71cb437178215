"""Disks that run full: a small file system of its own where that may be mounted, else a limit on what a process writes."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Protocol

SIZE = "12m"
CHUNKS_BYTES = (1 << 20, 4096, 1)
BALLAST = "ballast"


class CannotMount(Exception):
    """Not root, or a machine on which nothing may be mounted."""


class Disk(Protocol):
    """Something that can run full under programs that write to it."""

    def fill(self, *pids: int) -> None: ...

    def free(self, *pids: int) -> None: ...


class SmallFileSystem:
    """A tmpfs: ``fill`` leaves not a byte."""

    def __init__(self, place: Path) -> None:
        self._ballast = place / BALLAST

    def fill(self, *_pids: int) -> None:
        with self._ballast.open("ab", buffering=0) as file:
            for chunk_bytes in CHUNKS_BYTES:
                _write_until_full(file.fileno(), bytes(chunk_bytes))

    def free(self, *_pids: int) -> None:
        self._ballast.unlink()


def _write_until_full(descriptor: int, chunk: bytes) -> None:
    try:
        while os.write(descriptor, chunk):
            pass
    except OSError as error:
        if error.errno != ENOSPC:
            raise


class WriteLimit:
    """RLIMIT_FSIZE of running processes: while it is 0, no file takes a byte from them. Nobody's rights are needed."""

    def fill(self, *pids: int) -> None:
        self._limit(0, pids)

    def free(self, *pids: int) -> None:
        self._limit(resource.RLIM_INFINITY, pids)

    @staticmethod
    def _limit(soft: int, pids: tuple[int, ...]) -> None:
        for pid in pids:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (min(soft, hard) if hard >= 0 else soft, hard))


@contextmanager
def mounted(place: Path) -> Iterator[SmallFileSystem]:
    """A small file system at this folder; raises CannotMount."""
    place.mkdir(parents=True)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)], check=True, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotMount from error
    try:
        yield SmallFileSystem(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
