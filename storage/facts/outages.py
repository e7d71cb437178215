"""Facts of failures: declared outages, pauses that were confirmed or lapsed, cards, paper slips, work entered afterwards.

``from_t`` and ``to_t`` are wall ms UTC. Money is fen.
"""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import FaultKind, LastTransaction

# outages


@kind("outage.declared")
class OutageDeclared(Fact, frozen=True):
    """A fault of the hall: it pauses all serving windows at once. ``windows`` empty: the whole hall."""

    fault: FaultKind
    day: str
    from_t: int
    windows: tuple[str, ...] = ()
    expected_t: int = 0
    note: str = ""


@kind("outage.confirmed")
class OutageConfirmed(Fact, frozen=True):
    """A leader confirms it, and with it the pauses it caused. ``whole``: for the whole hall, whatever was declared.

    Said again, it tells when recovery is expected now.
    """

    outage: str
    day: str
    note: str = ""
    whole: bool = False
    expected_t: int = 0


@kind("outage.withdrawn")
class OutageWithdrawn(Fact, frozen=True):
    """There was none: the pauses it caused count."""

    outage: str
    day: str
    reason: str


@kind("outage.ended")
class OutageEnded(Fact, frozen=True):
    outage: str
    day: str
    to_t: int
    note: str = ""


@kind("last_transaction.answered")
class LastTransactionAnswered(Fact, frozen=True):
    """What became, in the tax software, of the last service of a window before the failure."""

    outage: str
    window: str
    staff: str
    service: str
    answer: LastTransaction
    note: str = ""


# pauses that need a word


@kind("pause.confirmed")
class PauseConfirmed(Fact, frozen=True):
    """The duty leader confirms a fault pause that a clerk declared; it stays excluded."""

    pause: str
    service: str
    staff: str
    day: str
    outage: str = ""
    note: str = ""


@kind("pause.refused")
class PauseRefused(Fact, frozen=True):
    """The duty leader does not confirm it: it counts."""

    pause: str
    service: str
    staff: str
    day: str
    reason: str


@kind("service.recounted")
class ServiceRecounted(Fact, frozen=True):
    """A fault pause that was not confirmed in time, or refused, is counted time again.

    The times are the totals that hold now, whole seconds; ``*_change`` is what the sums change by (``overtime_change`` is
    0 or 1). ``day``, ``staff``, ``code`` and ``hall`` are the service's, and so is ``suspicious``, which stays as it was.
    """

    service: str
    pause: str
    staff: str
    window: str
    code: str
    hall: str
    day: str
    excluded_s: int
    counted_s: int
    overtime: bool
    excluded_change_s: int
    counted_change_s: int
    overtime_change: int = 0
    suspicious: bool = False
    reason: str = ""


# cards and paper


@kind("card.issued")
class CardIssued(Fact, frozen=True):
    """An outage card: its holder goes first on one of the next working days, once.

    ``signature`` (hex) is made with the hall's key over hall, number and last day; "" for one written by hand.
    """

    number: str
    prefix: str
    outage: str
    day: str
    last_day: str
    ticket: str = ""
    signature: str = ""


@kind("card.used")
class CardUsed(Fact, frozen=True):
    card: str
    number: str
    day: str
    ticket: str


@kind("paper.accepted")
class PaperAccepted(Fact, frozen=True):
    """Papers were kept to be worked on later; ``slip`` is the number on the paper slip, ``ref`` who it was, in the vault."""

    slip: str
    outage: str
    window: str
    staff: str
    code: str
    day: str
    ref: str = ""
    note: str = ""


# work entered afterwards


@kind("back_entry.made")
class BackEntryMade(Fact, frozen=True):
    """A matter that was done by hand in an outage. It counts from its confirmation on, as of ``day``.

    The times are those of the slip; no limit, no overtime, exempt from rating unless a paper card is entered.
    """

    outage: str
    slip: str
    window: str
    staff: str
    code: str
    number: int
    quantity: int
    day: str
    from_t: int
    to_t: int
    std_milliminutes: int
    ticket: str = ""
    note: str = ""


@kind("back_entry.confirmed")
class BackEntryConfirmed(Fact, frozen=True):
    """Another person confirms it, with what was confirmed: from now on it is a finished service. ``hall`` is its own."""

    entry: str
    made: BackEntryMade
    hall: str


@kind("back_entry.refused")
class BackEntryRefused(Fact, frozen=True):
    entry: str
    reason: str


@kind("receipt.written")
class ReceiptWritten(Fact, frozen=True):
    """A receipt written by hand; open until its amounts stand in the tax software. ``ref``: who paid, in the vault."""

    receipt_no: str
    day: str
    tax_kind: str
    amount_fen: int
    late_fee_fen: int = 0
    fine_fen: int = 0
    ref: str = ""


@kind("receipt.entered")
class ReceiptEntered(Fact, frozen=True):
    receipt: str
    day: str
    service: str = ""
