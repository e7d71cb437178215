"""The three ways of a file that was carried: a bundle into the centre, a receipt into its PC, a bundle on over the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.bundle_words import Imported, Way
from hallterm.config import Settings
from storage.errors import StorageError
from storage.journal import Journal
from storage.receive import BrokenChain, OwnLog
from sync import bundle
from sync.bundle import BUNDLE, RECEIPT, BundleError
from sync.wire import WireError

if TYPE_CHECKING:
    from sync.centre import Centre

ABOUT_THE_FILE: dict[type[StorageError], str] = {BrokenChain: "broken-chain", OwnLog: "own-log"}
"""The other faults of a store are not the file's: the command ends with their own sentence."""


def bundles(paths: tuple[Path, ...]) -> Iterator[Path]:
    """All bundles named, or in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from bundle.files_in(path, BUNDLE)
        elif path.suffix != RECEIPT:
            yield path


def foreign_bundles(paths: tuple[Path, ...], own: str) -> Iterator[Path]:
    """Those named; of a folder those of others that have no receipt yet."""
    for path in bundles(paths):
        if path in paths or not (bundle.is_of(path, own) or path.with_suffix(RECEIPT).exists()):
            yield path


def receipts(paths: tuple[Path, ...], own: str) -> Iterator[Path]:
    """Those named; of a folder those for this PC."""
    for path in paths:
        if path.is_dir():
            yield from (one for one in bundle.files_in(path, RECEIPT) if bundle.is_of(one, own))
        elif path.suffix == RECEIPT:
            yield path


def open_centre(settings: Settings, database: str, stack: ExitStack) -> Centre:
    """The centre's own intake on its own database, also while ``hallterm serve`` runs; raises CannotServe."""
    from hallterm.centre import FILE, NO_SERVER, CannotServe, allow_postgresql
    from hallterm.locale import _
    from storage import clock
    from storage.vault import Vault
    from sync.keys import load_or_make

    try:
        from sync.centre import Centre
        from sync.centre import Settings as CentreSettings
        from sync.metrics import Metrics
    except ImportError as error:
        raise CannotServe(_(NO_SERVER)) from error
    folder = settings.data.path
    if database:
        allow_postgresql()
    how = CentreSettings(0.0, clock.now, lambda: Vault.open(folder))
    centre = Centre(lambda: Journal.open(database or folder / FILE), load_or_make(folder), how, Metrics())
    stack.callback(centre.close)
    return centre


def take_in(centre: Centre, path: Path, progress: bundle.Progress) -> Imported:
    """Store what the bundle holds, and write its receipt beside it."""
    from sync.bundled import take_in

    def work() -> Imported:
        done = take_in(centre, centre.key, bundle.read(path), progress)
        bundle.write(path.with_suffix(RECEIPT), done.receipt)
        return Imported(
            file=path.name,
            way=Way.TAKEN_IN,
            result=done.verdict.value,
            node=done.node,
            lines=done.lines,
            have=done.have,
        )

    return _told(path, Way.TAKEN_IN, work)


def take_back(settings: Settings, journal: Journal, path: Path) -> Imported:
    """What the centre answered, applied as over the line."""
    from storage.clock import now
    from storage.vault import Vault
    from sync.feed import Intake
    from sync.keys import load_or_make
    from sync.returned import take_receipt

    key = load_or_make(settings.data.path)
    intake = Intake(key, lambda: Vault.open(settings.data.path))

    def work() -> Imported:
        done = take_receipt(journal, intake, bundle.opened(bundle.read(path), key), now().t)
        return Imported(
            file=path.name,
            way=Way.RETURNED,
            result=done.came.value,
            node=journal.identity.node,
            have=done.acked,
            waiting=done.waiting,
            fed=done.fed,
            more=done.more,
        )

    try:
        return _told(path, Way.RETURNED, work)
    finally:
        intake.close()


def forward(settings: Settings, path: Path) -> Imported:
    """Send a bundle of another PC to the centre, and write the receipt beside it; nothing of it can be read here."""
    from sync.post import NotAnAnswer, Post
    from sync.seal import MAGIC

    if not settings.sync.upstream:
        return Imported(file=path.name, way=Way.FORWARDED, ok=False, result="no-line")
    post = Post(settings.sync.upstream, ca=settings.sync.ca)

    def work() -> Imported:
        receipt = post.send_bundle(bundle.read(path))
        if not receipt.startswith(MAGIC):
            raise NotAnAnswer("not-an-answer")
        bundle.write(path.with_suffix(RECEIPT), receipt)
        return Imported(file=path.name, way=Way.FORWARDED, result="forwarded")

    try:
        return _told(path, Way.FORWARDED, work)
    finally:
        post.close()


def _told(path: Path, way: Way, work: Callable[[], Imported]) -> Imported:
    """What came of it, or the code of what is wrong with this file."""
    from sync.post import NoAnswer

    try:
        return work()
    except (BundleError, NoAnswer, WireError) as error:
        code = error.code
    except StorageError as error:
        if type(error) not in ABOUT_THE_FILE:
            raise
        code = ABOUT_THE_FILE[type(error)]
    except Exception as error:
        if way is not Way.TAKEN_IN:
            raise
        code = _refusal(error)
    return Imported(file=path.name, way=way, ok=False, result=code)


def _refusal(error: Exception) -> str:
    """Why a centre will not have this sender; anything else is raised again."""
    from sync.problem import Problem

    if isinstance(error, Problem):
        return error.code
    raise error
