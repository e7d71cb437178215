"""Keys for tests, and a device that is enrolled at a centre."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import facts, nodes
from storage.journal import Journal
from storage.nodes import Upstream
from storage.promises import prepare_store
from sync.enrol import make_offer
from sync.join import join
from sync.keys import NodeKey
from tests.sync.facts import at

DEVICE_KEY = NodeKey(Ed25519PrivateKey.from_private_bytes(b"d" * 32))
CENTRE_KEY = NodeKey(Ed25519PrivateKey.from_private_bytes(b"c" * 32))


def enrolled(device: Journal, centre: Journal, key: NodeKey = DEVICE_KEY, centre_key: NodeKey = CENTRE_KEY) -> None:
    """Both sides know each other's key, as after a code was typed."""
    who = device.identity
    prepare_store(centre)
    with centre.write("-", at(0)) as tx:
        tx.record(facts.NodeEnrolled(node=who.node, scope=who.hall, key=key.public, box=key.public_box))
    nodes.enrolled_with(device, Upstream(centre.identity.node, centre_key.public, centre_key.public_box, who.hall))


def enrol_at(device: Journal, centre: Journal, url: str, key: NodeKey = DEVICE_KEY) -> None:
    """The whole way: a code made at the centre, typed at the device, over HTTP."""
    from storage.clock import now

    join(device, key, url, make_offer(centre, device.identity.hall, now()), "test")
