"""The program with the rights of an ordinary user, whoever runs the tests."""

from __future__ import annotations

import sys

from tests.end_to_end.hall import PROGRAM

# Root may open everything: without three capabilities it is refused what an ordinary user is refused.
# 24 is PR_CAPBSET_DROP; 1, 2, 21 are CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SYS_ADMIN.
_DROP = (
    "import ctypes, os, sys\n"
    "kept = [ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) for capability in (1, 2, 21)]\n"
    "assert os.geteuid() or not any(kept)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)

ORDINARY_PROGRAM = (sys.executable, "-c", _DROP, *PROGRAM)
