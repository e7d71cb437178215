"""Sealing for one reader: what travels on a stick can be read by the node it is for, and by nobody who finds it.

An ephemeral X25519 key (RFC 7748) agrees with the reader's, HKDF-SHA-256 (RFC 5869) makes a key of it, and
ChaCha20-Poly1305 (RFC 8439) seals. Each sealing has a key of its own, so its nonce is zero.

Bytes: ``HTB1``, the ephemeral public key (32), the sealed bytes with their tag (16). Errors: NotSealed.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC: Final = b"HTB1"
KEY_SIZE: Final = 32
NONCE: Final = bytes(12)


class NotSealed(Exception):
    """Not sealed for this reader, or damaged: nothing of it was read."""


def seal(reader: str, clear: bytes) -> bytes:
    """Sealed for the reader whose box key (X25519 public, hex) this is."""
    ephemeral = X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = _key(ephemeral.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(reader))), own, bytes.fromhex(reader))
    return MAGIC + own + ChaCha20Poly1305(key).encrypt(NONCE, clear, MAGIC)


def unseal(box: X25519PrivateKey, sealed: bytes) -> bytes:
    """What was sealed for this key; raises NotSealed."""
    own, body = sealed[len(MAGIC) : len(MAGIC) + KEY_SIZE], sealed[len(MAGIC) + KEY_SIZE :]
    if not sealed.startswith(MAGIC) or len(own) != KEY_SIZE:
        raise NotSealed
    reader = box.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    try:
        key = _key(box.exchange(X25519PublicKey.from_public_bytes(own)), own, reader)
        return ChaCha20Poly1305(key).decrypt(NONCE, body, MAGIC)
    except (InvalidTag, ValueError) as error:
        raise NotSealed from error


def _key(shared: bytes, ephemeral: bytes, reader: bytes) -> bytes:
    return HKDF(SHA256(), KEY_SIZE, salt=ephemeral + reader, info=b"hallterm/bundle/1").derive(shared)
