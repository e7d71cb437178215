"""A stick is written or read beside the screen: the child that does it (:mod:`hallterm.bundle_child`), and what it tells."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hallterm.locale import language

if TYPE_CHECKING:
    from hallterm.config import Settings

EXPORT: Final = "export"
IMPORT: Final = "import"
BACKUP: Final = "backup"
CHILD: Final = "hallterm.bundle_child"


class Told(Struct, frozen=True):
    """How it ended: the exit code of the command, and what it said."""

    code: int
    sentences: tuple[str, ...]


async def run(settings: Settings, way: str, folder: Path, progress: Callable[[int], None]) -> Told:
    """Run the child for a terminal; it ends with the task that waits for it."""
    place = (str(settings.file or ""), str(settings.data.path), language())
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", CHILD, way, str(folder), *place),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told = Told(1, ())
    try:
        assert child.stdout is not None
        async for line in child.stdout:
            said = json.loads(line)
            if "percent" in said:
                progress(int(said["percent"]))
            else:
                told = Told(int(said["code"]), tuple(said["told"]))
        await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return told
