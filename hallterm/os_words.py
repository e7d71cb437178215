"""What the operating system refuses, in the language in use: its own words are English and of another trade."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from hallterm.locale import N_, _

WORDS: Final[Mapping[int, str]] = {
    errno.ENOENT: N_("it is not there"),
    errno.EACCES: N_("this user may not"),
    errno.EPERM: N_("this user may not"),
    errno.EROFS: N_("it can only be read"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("this user's share of the disk is full"),
    errno.EFBIG: N_("it would be too large"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of the path is no folder"),
    errno.EEXIST: N_("it is there already"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EBUSY: N_("something else uses it"),
    errno.ETXTBSY: N_("something else uses it"),
    errno.EIO: N_("the disk or device does not answer"),
    errno.ENODEV: N_("there is no such device"),
    errno.ENXIO: N_("there is no such device"),
    errno.ENOTTY: N_("it is no terminal and no serial port"),
    errno.ENOEXEC: N_("it is no program"),
    errno.EMFILE: N_("too many files are open"),
    errno.ENFILE: N_("too many files are open"),
    errno.ENOMEM: N_("there is not enough memory"),
    errno.EADDRINUSE: N_("another program has it already"),
    errno.EADDRNOTAVAIL: N_("this machine has no such address"),
    errno.ECONNREFUSED: N_("nobody answers there"),
    errno.ECONNRESET: N_("the other side hung up"),
    errno.EHOSTUNREACH: N_("no way leads there"),
    errno.ENETUNREACH: N_("no way leads there"),
    errno.ETIMEDOUT: N_("no answer came"),
}


def why(error: OSError) -> str:
    """The reason of an error as people say it; the system's own words where there are none of ours."""
    words = WORDS.get(error.errno or 0)
    return _(words) if words else error.strerror or str(error) or type(error).__name__
