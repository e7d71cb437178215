"""Records of incidents hold no data of a person, and count."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hallterm.incident import RECORDS_KEPT, record_incident

NOW = datetime(2026, 11, 24, 10, 47, 3, tzinfo=timezone(timedelta(hours=8)))
IDENTITY = "11010519491231002X"


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The error after it was raised here, with data in the locals."""
    identity = IDENTITY
    try:
        assert identity
        raise error from cause
    except BaseException as caught:
        return caught


def record_of(error: BaseException, folder: Path) -> str:
    number = record_incident(error, folder, NOW)
    return (folder / f"incident-{number}.log").read_text("utf-8")


def test_numbers_count_and_keep_their_letters(tmp_path: Path) -> None:
    numbers = [record_incident(raised(ValueError()), tmp_path / "log", NOW) for _ in range(3)]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{3}-0001", numbers[0])
    assert numbers == [f"{numbers[0][:3]}-{n:04}" for n in (1, 2, 3)]


def test_numbers_start_again_after_9999(tmp_path: Path) -> None:
    (tmp_path / "incident-7K3-9999.log").touch()
    assert record_incident(raised(ValueError()), tmp_path, NOW) == "7K3-0001"


def test_several_at_once_get_different_numbers(tmp_path: Path) -> None:
    (tmp_path / "incident-7K3-0411.log").touch()
    numbers: list[str] = []
    start = threading.Barrier(8)

    def record() -> None:
        start.wait()
        numbers.append(record_incident(raised(ValueError()), tmp_path, NOW))

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"7K3-{n:04}" for n in range(412, 420)]


def test_a_record_says_when_what_and_where(tmp_path: Path) -> None:
    record = record_of(raised(KeyError(IDENTITY)), tmp_path)
    assert "time 2026-11-24T10:47:03+08:00\n" in record
    assert "error builtins.KeyError\n" in record
    assert re.search(r"^  tests/hallterm/test_incident\.py:\d+ in raised$", record, re.MULTILINE)


def test_causes_contexts_and_groups_are_followed_once(tmp_path: Path) -> None:
    group = ExceptionGroup(IDENTITY, [TypeError(IDENTITY), OSError(errno.ENOSPC, IDENTITY, IDENTITY)])
    looped = LookupError(IDENTITY)
    group.__context__ = looped
    looped.__context__ = group
    record = record_of(raised(RuntimeError(IDENTITY), group), tmp_path)
    assert [line for line in record.splitlines() if not line.startswith("  ")][3:] == [
        "error builtins.RuntimeError",
        "caused by builtins.ExceptionGroup",
        "one of its errors builtins.TypeError",
        "one of its errors builtins.OSError ENOSPC",
        "while handling builtins.LookupError",
    ]
    assert IDENTITY not in record


def test_texts_of_errors_are_not_recorded_but_codes_are(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE person (identity TEXT CHECK (length(identity) < 5))")
    with pytest.raises(sqlite3.IntegrityError) as caught:
        connection.execute("INSERT INTO person VALUES (?)", (IDENTITY,))
    connection.close()
    record = record_of(caught.value, tmp_path)
    assert "error sqlite3.IntegrityError SQLITE_CONSTRAINT_CHECK\n" in record
    assert IDENTITY not in record


def test_only_record_ids_of_the_known_form_are_recorded(tmp_path: Path) -> None:
    error = ValueError()
    error.record_ids = ("3f2a/1/10412/0badcafe", "3f2a/1/7", IDENTITY, 7, "王小明/1/2")  # type: ignore[attr-defined]
    assert "  records 3f2a/1/10412/0badcafe 3f2a/1/7\n" in record_of(error, tmp_path)


def test_a_deep_traceback_stays_short(tmp_path: Path) -> None:
    def deeper(depth: int) -> None:
        deeper(depth + 1)

    with pytest.raises(RecursionError) as caught:
        deeper(0)
    record = record_of(caught.value, tmp_path)
    assert len(record.splitlines()) < 60
    assert "outer places are left out" in record


def test_paths_hold_no_name_of_a_user(tmp_path: Path) -> None:
    home = tmp_path / "王小明"
    home.mkdir()
    module = home / "plugin.py"
    module.write_text("def fail():\n    raise ValueError\n", encoding="utf-8")
    namespace: dict[str, object] = {}
    exec(compile(module.read_text("utf-8"), module, "exec"), namespace)
    fail = namespace["fail"]
    assert callable(fail)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no text
        fail()
    record = record_of(caught.value, tmp_path / "log")
    assert "  plugin.py:2 in fail\n" in record
    assert "王小明" not in record


def test_only_so_many_records_are_kept(tmp_path: Path) -> None:
    for number in range(1, RECORDS_KEPT + 21):
        path = tmp_path / f"incident-7K3-{number:04}.log"
        path.touch()
        os.utime(path, (number, number))
    record_incident(raised(ValueError()), tmp_path, NOW)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == RECORDS_KEPT
    assert kept[-1] == "incident-7K3-0121.log"


def test_a_folder_that_cannot_be_written_still_gives_a_number(tmp_path: Path) -> None:
    (tmp_path / "log").touch()  # a file where the folder should be; holds for root too
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{3}-1047", record_incident(raised(ValueError()), tmp_path / "log", NOW))
