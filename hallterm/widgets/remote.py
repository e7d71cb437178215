"""Whether somebody works from afar: over SSH a write of supervisors is confirmed by a second press (business rule 5)."""

from __future__ import annotations

import os
from collections.abc import Mapping


def is_remote(environ: Mapping[str, str] = os.environ) -> bool:
    """This terminal is at the other end of an SSH line."""
    return bool(environ.get("SSH_CONNECTION"))
