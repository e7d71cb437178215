"""After a restore: the lines of the own log that only the centre still has are asked for and put back. Says how many."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from hallterm.config import SyncSettings
from hallterm.locale import N_, _
from storage import clock, nodes, own_tail, salvage
from storage.errors import StorageError
from storage.journal import Journal

CAME_BACK = N_("{lines} more lines came back from the centre; {missing} are still missing.")
NOT_ASKED = N_(
    "The centre was not asked ({reason}): what it has beyond this comes back by itself once it can be reached."
)


class CameBack(NamedTuple):
    """Lines that came from the centre; ``reason`` is the code of what stood in the way, if anything did."""

    lines: int
    reason: str = ""


def ask_back(folder: Path, settings: SyncSettings) -> CameBack | None:
    """Nobody else may have the folder open. None for a PC that belongs to no centre."""
    if not settings.upstream:
        return None
    from sync.keys import load
    from sync.post import NoAnswer, Post
    from sync.tail import Asker

    post = Post(settings.upstream, ca=settings.ca)
    try:
        journal = Journal.open(folder / "hall.db")
        node, have = journal.identity.node, own_tail.marks(journal.database)
        is_joined = nodes.upstream(journal.database) is not None
        journal.close()
        key = load(folder)
        if key is None or not is_joined:
            return None
        with tempfile.TemporaryDirectory(prefix=".tail-", dir=folder) as given:
            Asker(post, key, node).fetch(have, Path(given), clock.now().t)
            return CameBack(salvage.take_over(folder / "hall.db", None, Path(given)).taken)
    except NoAnswer as failure:
        return CameBack(0, failure.code)
    except (StorageError, OSError, ValueError) as error:
        return CameBack(0, type(error).__name__)
    finally:
        post.close()


def sentence(came: CameBack | None, missing: int) -> str:
    """What to say of it after ``missing`` lines could not be found on this PC; "" when there is nothing to say."""
    if came is None or not (came.lines or came.reason):
        return ""
    if came.reason:
        return _(NOT_ASKED).format(reason=came.reason)
    return _(CAME_BACK).format(lines=came.lines, missing=max(0, missing - came.lines))
