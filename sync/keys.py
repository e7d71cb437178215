"""The key of a node (Ed25519, RFC 8032): a file of mode 0600 in the data folder, read when something is signed.

A key file belongs to one data folder; whoever copies it can speak for the node, so it is in no backup and no bundle.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

KEY_FOLDER = "keys"
KEY_FILE = "node.key"


class NodeKey:
    """Signs for this node."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def make(cls) -> NodeKey:
        """A new key that rests nowhere yet."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def public(self) -> str:
        """The public key in hex."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    @property
    def box(self) -> X25519PrivateKey:
        """The key that opens what is sealed for this node (:mod:`sync.seal`); it follows from the signing key."""
        raw = self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return X25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, salt=None, info=b"hallterm/box/1").derive(raw))

    @property
    def public_box(self) -> str:
        """The public half of :attr:`box` in hex."""
        return self.box.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, covered: bytes) -> str:
        """The signature of the SHA-256 of ``covered``, in hex."""
        return self._private.sign(hashlib.sha256(covered).digest()).hex()

    def save(self, path: Path) -> None:
        """Replace the key file; on the disk before this returns, and never readable for others."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw = self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        beside = path.with_name(f"{path.name}.new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, raw.hex().encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(path)


def key_path(folder: Path) -> Path:
    """Where the key of a data folder rests."""
    return folder / KEY_FOLDER / KEY_FILE


def load(folder: Path) -> NodeKey | None:
    """The key of a data folder; None before there is one. OSError and ValueError for a file that cannot be used."""
    path = key_path(folder)
    if not path.exists():
        return None
    return NodeKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii"))))


def load_or_make(folder: Path) -> NodeKey:
    """The key of a data folder, made at the first call."""
    key = load(folder)
    if key is None:
        key = NodeKey.make()
        key.save(key_path(folder))
    return key


def holds(public: str, covered: bytes, signature: str) -> bool:
    """Whether ``signature`` (hex) over the SHA-256 of ``covered`` is of the key ``public`` (hex)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), hashlib.sha256(covered).digest())
    except (InvalidSignature, ValueError):
        return False
    return True
