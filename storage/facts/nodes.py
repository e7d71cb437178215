"""Facts of nodes: who may send a log upstream, and with which key."""

from __future__ import annotations

from storage.facts.base import Fact, kind


@kind("node.enrolled")
class NodeEnrolled(Fact, frozen=True):
    """``node`` may send its logs from now on; ``scope`` is its place in the scope tree (a hall, or a whole city whose
    centre it is), ``key`` its Ed25519 and ``box`` its X25519 public key in hex. A later one for the same node replaces
    keys and scope.
    """

    node: str
    scope: str
    key: str
    box: str = ""
    app: str = ""


@kind("node.rekeyed")
class NodeRekeyed(Fact, frozen=True):
    """The node that records this signs with ``key`` from the next segment on; the old key signed this one."""

    key: str
    box: str = ""


@kind("node.revoked")
class NodeRevoked(Fact, frozen=True):
    """Of the logs of ``node`` nothing is taken beyond what is here; ``reason`` for the people who ask later."""

    node: str
    reason: str = ""


@kind("log.pruned")
class LogPruned(Fact, frozen=True):
    """The lines of ``epoch`` up to ``upto`` are no longer here: they are in a verified backup upstream. ``snapshot`` is the
    SHA-256 (hex) of the tables that were kept instead, as the journal gave them up to position ``pos`` of this file.
    """

    epoch: int
    upto: int
    pos: int
    snapshot: str
