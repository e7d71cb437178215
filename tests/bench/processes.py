"""Memory and processor time of a running process, as the kernel counts them."""

from __future__ import annotations

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory, shared pages counted in full."""
    return _kb(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def proportional_mb(pid: int) -> float:
    """The process's fair share of resident memory: a page that three share counts a third."""
    return _kb(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / 1024


def cpu_s(pid: int) -> float:
    """Processor time used since the start, by user code and kernel (10 ms steps)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_share(pids: list[int], seconds: float) -> list[float]:
    """Percent of one core that each process uses, over so many seconds from now."""
    before, start = [cpu_s(pid) for pid in pids], time.monotonic()
    time.sleep(seconds)
    gone_s = time.monotonic() - start
    return [100 * (cpu_s(pid) - used) / gone_s for pid, used in zip(pids, before, strict=True)]


def _kb(path: Path, name: str) -> int:
    for line in path.read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
