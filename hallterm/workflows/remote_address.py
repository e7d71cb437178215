"""Where somebody sits who signs on over SSH, as the SSH server says it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}(%[0-9A-Za-z._-]{1,16})?")


def remote_address(environ: Mapping[str, str] | None = None) -> str:
    """The address at the other end of this terminal's SSH line; empty at the machine itself."""
    found = (os.environ if environ is None else environ).get("SSH_CONNECTION", "").partition(" ")[0]
    return found if ADDRESS.fullmatch(found) else ""
