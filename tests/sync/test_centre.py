"""``hallterm serve``: one line when it is up, one sentence when it cannot, a clean end when asked."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import pytest

from hallterm import locale
from hallterm.centre import CannotServe, main, parse_listen
from hallterm.config import load
from storage import outbox
from storage.journal import Journal
from sync.client import Result, SyncClient, SyncState
from tests.sync.centres import DEADLINE_S, CentreProcess
from tests.sync.facts import assert_same_facts, at, has, serve_visits
from tests.sync.trust import DEVICE_KEY


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:8443", ("127.0.0.1", 8443)),
        ("localhost:0", ("127.0.0.1", 0)),
        ("[::1]:80", ("::1", 80)),
        ("127.8.8.8:1", ("127.8.8.8", 1)),
    ],
)
def test_addresses_of_this_machine_are_taken(listen: str, address: tuple[str, int]) -> None:
    assert parse_listen(listen) == address


@pytest.mark.parametrize("listen", ["0.0.0.0:8443", "10.0.0.1:80", "[::]:80", "centre.example:80", ":80"])
def test_any_other_address_is_refused_in_one_sentence(
    listen: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(load(environ={}, data=tmp_path), listen=listen) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert listen in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("listen", ["", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "127.0.0.1:"])
def test_what_is_no_address_is_said(listen: str) -> None:
    with pytest.raises(CannotServe, match="not an address"):
        parse_listen(listen)


def test_an_address_in_use_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(load(environ={}, data=tmp_path), listen=listen) == 1
    assert listen in capsys.readouterr().err


def test_a_damaged_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "centre.db").write_bytes(b"this is no database" * 500)
    assert main(load(environ={}, data=tmp_path), listen="127.0.0.1:0") == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), "damaged" in said) == (1, True)


def test_a_database_server_that_is_away_is_said_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("psycopg")
    url = "postgresql://centre:opensesame@127.0.0.1:9/centre"
    assert main(load(environ={}, data=tmp_path), url, "127.0.0.1:0") == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), "opensesame" in said, "PostgreSQL" in said) == (1, False, True)


def test_the_refusal_is_said_in_chinese() -> None:
    locale.use("zh_CN")
    try:
        with pytest.raises(CannotServe, match="只在本机监听"):
            parse_listen("0.0.0.0:1")
    finally:
        locale.use("en")


def test_it_stops_cleanly_in_mid_stream_and_goes_on(device: Journal, tmp_path: Path) -> None:
    """Asked to stop while segments arrive: what is in hand is answered, then it ends with 0 and says nothing."""
    process = CentreProcess(tmp_path / "new" / "folder")
    serve_visits(device, 1200)
    asked = threading.Event()

    def on_state(state: SyncState) -> None:
        if state.acked >= 1000 and not asked.is_set():
            asked.set()
            process.signal(signal.SIGTERM)

    process.start()
    process.enrol(device)
    client = SyncClient(lambda: Journal.open(Path(device.database.where)), process.url, DEVICE_KEY, on_state=on_state)
    try:
        while (outcome := client.step(at(0))).result is Result.STORED:
            assert outcome.waiting or asked.wait(DEADLINE_S)
        assert asked.is_set()
        assert process.ended() == (0, "")
        assert outcome.result is Result.UNREACHABLE
        centre = Journal.open(tmp_path / "new" / "folder" / "centre.db")
        assert outbox.standing(device).acked == has(centre, device)
        process.start()
        while outbox.standing(device).waiting:
            assert client.step(at(1)).result is Result.STORED
        assert_same_facts(device, centre)
        centre.close()
    finally:
        client.close()
        process.stop()
