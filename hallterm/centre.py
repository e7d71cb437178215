"""``hallterm serve``: the process that takes in the facts of other nodes over HTTP and keeps them.

In the data folder of a hall it serves that hall's own journal, and gives out its tickets and numbers: the hall's number
host (hub). Everywhere else it is a centre: SQLite in the data folder (``centre.db``), or PostgreSQL by URL.
Without a certificate it listens on this machine only.
"""

from __future__ import annotations

import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hallterm.centre_place import CENTRE_FILE, HALL_FILE, has_hall
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words

if TYPE_CHECKING:
    import ssl

    from storage.errors import StorageError
    from storage.journal import Journal
    from sync.hub import HallDesk

FILE = CENTRE_FILE
DEFAULT_LISTEN = "127.0.0.1:8443"
GRACE_S = 30
"""How long requests in hand may take when the process is asked to stop."""

NOT_LOOPBACK = N_(
    "{listen}: without [sync] certificate and key the centre listens on this machine only, such as 127.0.0.1:8443"
)
NO_CERTIFICATE = N_("{file}: this certificate and its key cannot be used ({reason}); check [sync] certificate and key")
NOT_AN_ADDRESS = N_("{listen}: not an address and a port; give one such as 127.0.0.1:8443")
NOT_FREE = N_("{listen}: this address cannot be used ({reason}); stop the other program or choose another port")
NO_DRIVER = N_("PostgreSQL needs the package psycopg, which is not installed; install hallterm[postgresql]")
NO_SERVER = N_("The centre needs the packages starlette and uvicorn; install hallterm[centre]")
NOT_OPENED = N_("{where}: the database cannot be opened; check that it is there and that this user may write it")
LISTENING = N_("listening on {scheme}://{address}")

STORE_FAULTS = {
    "StorageDenied": NOT_OPENED,
    "StorageBusy": N_("{where}: another program keeps the database locked; stop it and start the centre again"),
    "StorageFull": N_("{where}: there is no room on the disk; make room and start the centre again"),
    "StorageDamaged": N_("{where}: the database is damaged; run hallterm restore --data {folder} (it keeps this file)"),
    "NewerVersion": N_("{where}: a newer hallterm wrote this database; install that version"),
    "OldLibrary": N_("The SQLite library of this Python is too old ({where}); install pysqlite3"),
}


class CannotServe(Exception):
    """The text is one sentence for the person who started the centre."""


class Address(NamedTuple):
    host: str
    port: int


def main(settings: Settings, url: str = "", listen: str = "", pace_s: int = 0) -> int:
    """Serve until SIGTERM or Ctrl-C; requests in hand are answered. Returns the exit code, with one sentence on a fault."""
    try:
        serve(settings, url, listen or settings.sync.listen or DEFAULT_LISTEN, pace_s)
    except CannotServe as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def serve(settings: Settings, url: str, listen: str, pace_s: int = 0) -> None:
    """The same; raises CannotServe. ``pace_s``: how often nodes shall come when little waits; 0 is the usual."""
    folder = settings.data.path
    tls = _certificate(settings)
    address = parse_listen(listen, anywhere=tls is not None)
    is_postgresql = url.startswith(("postgresql://", "postgres://"))
    if is_postgresql:
        allow_postgresql()
    is_hub = not is_postgresql and _has_hall(folder)
    opener = _opener(folder, url if is_postgresql else "", is_hub=is_hub)
    try:
        from sync.keys import load_or_make
        from sync.server import NEXT_S, create_app
    except ImportError as error:
        raise CannotServe(_(NO_SERVER)) from error
    from hallterm.centre_door import Door
    from hallterm.centre_log import log_to
    from hallterm.centre_reports import make_report
    from hallterm.station.lock import serving
    from storage.serving import few_collections
    from storage.vault import Vault

    found(folder, opener)
    with _bound(address, listen) as listening, serving(folder):
        log_to(folder / "log", settings.log.level)
        app = create_app(
            opener,
            load_or_make(folder),
            next_s=pace_s or NEXT_S,
            open_vault=lambda: Vault.open(folder),
            check=Door(folder, opener).check,
            desk=_desk() if is_hub else None,
            make_report=make_report,
        )
        with _beside(settings, opener, url if is_postgresql else "", pace_s, is_hub=is_hub):
            few_collections()
            _run(app, listening, tls)


@contextmanager
def _beside(
    settings: Settings, opener: Callable[[], Journal], url: str, pace_s: int, *, is_hub: bool
) -> Iterator[None]:
    """What a centre does by itself while it serves, each in a thread of its own."""
    from hallterm.centre_backups import backups_made
    from hallterm.centre_upwards import EVERY_S, told_upwards
    from hallterm.month_keeper import months_kept

    every_s = min(pace_s or EVERY_S, EVERY_S)
    with (
        told_upwards(settings, opener, every_s),
        months_kept(opener),
        backups_made(settings, opener, url, is_hub=is_hub),
    ):
        yield


def _desk() -> HallDesk:
    """What the number host of a hall decides."""
    from hallterm.rules.day import business_day
    from hallterm.workflows.claiming import NumberHost
    from sync.hub import HallDesk

    host = NumberHost()
    return HallDesk(host.decide, host.tidy, lambda now: business_day(now.t))


def _has_hall(folder: Path) -> bool:
    from storage.errors import StorageError

    try:
        return has_hall(folder)
    except StorageError as error:
        raise CannotServe(_sentence(error)) from error


def journal_file(folder: Path) -> Path:
    """The journal that is served in this folder: the hall's own, or the centre's; raises CannotServe."""
    return folder / (HALL_FILE if _has_hall(folder) else FILE)


def _certificate(settings: Settings) -> ssl.SSLContext | None:
    """What the centre shows; None without one. Raises CannotServe."""
    certificate, key = settings.sync.certificate, settings.sync.key
    if certificate is None and key is None:
        return None
    from sync.tls import serving

    try:
        return serving(certificate or Path(), key or Path())
    except OSError as error:
        reason = system_words(error)
        raise CannotServe(_(NO_CERTIFICATE).format(file=certificate or key, reason=reason)) from error


def parse_listen(listen: str, *, anywhere: bool = False) -> Address:
    """``127.0.0.1:8443``, ``[::1]:8443``, ``localhost:0``; raises CannotServe for anything not on this machine, unless
    ``anywhere``.
    """
    import ipaddress

    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise CannotServe(_(NOT_AN_ADDRESS).format(listen=listen))
    try:
        numbers = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        numbers = None
    if numbers is None and anywhere:
        raise CannotServe(_(NOT_AN_ADDRESS).format(listen=listen))
    if numbers is None or not (anywhere or numbers.is_loopback):
        raise CannotServe(_(NOT_LOOPBACK).format(listen=listen))
    return Address(str(numbers), int(port))


def allow_postgresql() -> None:
    """Before the first import of peewee in this process; raises CannotServe without the driver."""
    from storage.postgresql import allow_postgresql

    try:
        allow_postgresql()
    except ImportError as error:
        raise CannotServe(_(NO_DRIVER)) from error


def _opener(folder: Path, url: str, *, is_hub: bool = False) -> Callable[[], Journal]:
    """How a thread of this process opens the centre's journal."""

    def opened() -> Journal:
        from storage.journal import Journal

        return Journal.open(url or folder / (HALL_FILE if is_hub else FILE))

    return opened


def found(folder: Path, opener: Callable[[], Journal] | None = None) -> None:
    """Create the folder, the tables and the centre's own node at the first start; raises CannotServe."""
    from storage.database import InterfaceError, OperationalError
    from storage.errors import StorageError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        journal = (opener or _opener(folder, ""))()
        if not journal.is_set_up:
            journal.found(f"centre-{secrets.token_hex(4)}", "")
        journal.close()
    except StorageError as error:
        raise CannotServe(_sentence(error)) from error
    except OSError as error:
        raise CannotServe(_(NOT_OPENED).format(where=folder)) from error
    except (OperationalError, InterfaceError) as error:
        raise CannotServe(_(NOT_OPENED).format(where="PostgreSQL")) from error


def _sentence(error: StorageError) -> str:
    if type(error).__name__ == "NoRoomToUpgrade":
        from hallterm.repair import explain

        return explain(error, Path(error.where).parent)
    return _(STORE_FAULTS.get(type(error).__name__, NOT_OPENED)).format(
        where=error.where, folder=Path(error.where).parent
    )


def _bound(address: Address, listen: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Taken over by what it accepts: else the second part of an answer waits 40 ms for the first to be acknowledged.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise CannotServe(_(NOT_FREE).format(listen=listen, reason=system_words(error))) from error
    return listening


def _run(app: object, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Says where it listens once it does."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            host, port = listening.getsockname()[:2]
            address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            print(_(LISTENING).format(scheme="https" if tls else "http", address=address), flush=True)

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    config.load()
    config.ssl = tls
    server = Server(config)
    # uvicorn raises the signal again when it has finished; stopping when asked to is no fault.
    before = signal.signal(signal.SIGTERM, server.handle_exit)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
