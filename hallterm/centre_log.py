"""The log of a centre: one JSON object a line, codes and record ids only, never what somebody is called or typed."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE = 1_000_000
COPIES = 5


class JsonLines(logging.Formatter):
    """Time, level, room, event; then the fields that the event came with."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"t": at, "level": record.levelname.lower(), "room": record.name, "event": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:
            said["fault"] = record.exc_info[0].__name__
        return json.dumps(said | getattr(record, "fields", {}), ensure_ascii=False)


def log_to(folder: Path, level: str) -> logging.Handler:
    """Write ``centre.log`` in this folder from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "centre.log", maxBytes=SIZE, backupCount=COPIES, encoding="utf-8")
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return handler
