"""Figures of a serving process as Prometheus reads them (text exposition format 0.0.4). No node, person or address is named."""

from __future__ import annotations

import re
from collections import Counter
from threading import Lock
from typing import Final

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
COUNTERS: Final = {
    "segments": ("hallterm_segments_total", "Segments that were stored."),
    "events": ("hallterm_events_total", "Lines that came in those segments, repeated ones too."),
    "bytes": ("hallterm_segment_bytes_total", "Bytes of those segments as they came."),
    "feed_lines": ("hallterm_feed_lines_total", "Reference facts that went down."),
}
GAUGES: Final = {
    "waiting": ("hallterm_requests_waiting", "Requests in line for the writing thread."),
    "waiting_bytes": ("hallterm_requests_waiting_bytes", "Their bytes."),
    "quarantine": ("hallterm_quarantined_lines", "Lines that are stored and not understood."),
    "nodes": ("hallterm_nodes", "Nodes that enrolled and are not revoked."),
}
REFUSALS: Final = "hallterm_refusals_total"
SECONDS: Final = "hallterm_store_seconds"
_code = re.compile(r"[^a-z0-9-]")


class Metrics:
    """Counted in several threads, written out on request."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._buckets = [0] * len(BOUNDS_S)
        self._seconds = 0.0
        self._stores = 0

    def stored(self, events: int, size: int, feed_lines: int, seconds: float) -> None:
        """One segment."""
        with self._lock:
            self._counts.update({"segments": 1, "events": events, "bytes": size, "feed_lines": feed_lines})
            self._stores += 1
            self._seconds += seconds
            for n, bound in enumerate(BOUNDS_S):
                self._buckets[n] += seconds <= bound

    def refused(self, code: str) -> None:
        """One request that was answered with a problem; ``code`` is ours, never of the request."""
        with self._lock:
            self._refusals[_code.sub("", code)] += 1

    def text(self, **gauges: int) -> str:
        """All figures; ``gauges`` as in GAUGES."""
        with self._lock:
            lines = []
            for key, (name, words) in COUNTERS.items():
                lines += [*_head(name, words, "counter"), f"{name} {self._counts[key]}"]
            for key, (name, words) in GAUGES.items():
                lines += [*_head(name, words, "gauge"), f"{name} {gauges.get(key, 0)}"]
            lines += _head(REFUSALS, "Requests that were answered with a problem, by its code.", "counter")
            lines += [f'{REFUSALS}{{code="{code}"}} {n}' for code, n in sorted(self._refusals.items())]
            lines += _head(SECONDS, "How long storing one segment took.", "histogram")
            bounds = zip(BOUNDS_S, self._buckets, strict=True)
            lines += [f'{SECONDS}_bucket{{le="{bound}"}} {n}' for bound, n in bounds]
            lines += [f'{SECONDS}_bucket{{le="+Inf"}} {self._stores}', f"{SECONDS}_sum {self._seconds:.6f}"]
            lines += [f"{SECONDS}_count {self._stores}"]
        return "\n".join(lines) + "\n"


def _head(name: str, words: str, kind: str) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
