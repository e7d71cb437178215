"""Projections of nodes: the key that speaks for each, and whether it may."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.projections.register import Placed, projects
from storage.statements import Step, latest

ENROLLED = latest("node", ("name",), ("scope", "key", "box", "app"))
REKEYED = latest("node", ("name",), ("key", "box"))
REVOKED = latest("node", ("name",), ("revoked_t", "reason"), order="revoked_ord")


@projects(f.NodeEnrolled)
def node_enrolled(p: Placed) -> Iterator[Step]:
    """A node that enrols again is taken back."""
    d = p.fact
    yield Step(ENROLLED, (d.node, d.scope, d.key, d.box, d.app, p.ord))
    yield Step(REVOKED, (d.node, 0, "", p.ord))


@projects(f.NodeRekeyed)
def node_rekeyed(p: Placed) -> Iterator[Step]:
    yield Step(REKEYED, (p.node, p.fact.key, p.fact.box, p.ord))


@projects(f.NodeRevoked)
def node_revoked(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(REVOKED, (d.node, p.t, d.reason, p.ord))
