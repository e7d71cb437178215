"""vault.db: credentials and identities, apart from the facts, so that a person can be forgotten.

A fact names an identity by a random reference; deleting its row here forgets the person while the sums stay. Identities
are sealed (AES-256-GCM, key in ``keys/vault.key`` outside the database); passwords are argon2id hashes (RFC 9106).
argon2 and cryptography are loaded when a password is checked or an identity is sealed, not before.
"""

from __future__ import annotations

import hmac
import os
import secrets
import unicodedata
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from storage.database import Database, open_sqlite
from storage.errors import NewerVersion, StorageDamaged, StorageDenied

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SCHEMA = 1
TABLES = (
    "credential (staff TEXT PRIMARY KEY, hash TEXT NOT NULL, must_change INTEGER NOT NULL) WITHOUT ROWID",
    "identity (ref TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
)
MEMORY_KIB = 19_456
"""argon2id memory: small PCs have little, and several people may sign on at once."""

PASSES = 12
"""argon2id passes: about a quarter of a second on a small PC."""

NONCE_BYTES = 12
HASH_PURPOSE = b"hallterm/identity"


class Credential(NamedTuple):
    """The argon2id hash of a password, and whether it has to be changed first."""

    hash: str
    must_change: bool


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)


def _same_form(password: str) -> str:
    """Full-width and half-width letters of an input method are the same password."""
    return unicodedata.normalize("NFKC", password)


class Vault:
    """One open vault; use it from one thread at a time. Raises storage errors."""

    def __init__(self, database: Database, key_file: Path) -> None:
        self.database = database
        self.key_file = key_file

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """Open (or make) ``vault.db`` of a data folder; raises NewerVersion, StorageDamaged, StorageDenied."""
        database = open_sqlite(folder / "vault.db")
        database.execute("PRAGMA secure_delete = ON")
        found = int(database.value("PRAGMA user_version") or 0)
        if found > SCHEMA:
            database.close()
            raise NewerVersion(database.where, found=found, known=SCHEMA)
        if found == 0:
            for table in TABLES:
                database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            database.execute(f"PRAGMA user_version = {SCHEMA}")
        return cls(database, folder / "keys" / "vault.key")

    def close(self) -> None:
        """Close this thread's connection."""
        self.database.close()

    # passwords

    def set_password(self, staff: str, password: str, *, must_change: bool = False) -> None:
        """Set or reset a password; after a reset by somebody else it ``must_change`` at the next sign-on."""
        row = (staff, _hasher().hash(_same_form(password)), int(must_change))
        self.database.execute("INSERT OR REPLACE INTO credential VALUES (?, ?, ?)", row)

    def verify(self, staff: str, password: str) -> bool:
        """Whether this is the password; a hash of older parameters is renewed. Takes about a quarter of a second."""
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        stored = self.database.value("SELECT hash FROM credential WHERE staff = ?", (staff,))
        if stored is None:
            return False
        hasher, given = _hasher(), _same_form(password)
        try:
            hasher.verify(stored, given)
        except VerifyMismatchError:
            return False
        except InvalidHashError as error:
            raise StorageDamaged(self.database.where) from error
        if hasher.check_needs_rehash(stored):
            renewed = (hasher.hash(given), staff, stored)
            self.database.execute("UPDATE credential SET hash = ? WHERE staff = ? AND hash = ?", renewed)
        return True

    def credential(self, staff: str) -> Credential | None:
        """What is kept for a staff number, to be sealed for a node where the person works."""
        rows = self.database.rows("SELECT hash, must_change FROM credential WHERE staff = ?", (staff,))
        return Credential(str(rows[0][0]), bool(rows[0][1])) if rows else None

    def adopt(self, staff: str, hash: str, *, must_change: bool) -> None:
        """Keep a hash that was made at another node."""
        self.database.execute("INSERT OR REPLACE INTO credential VALUES (?, ?, ?)", (staff, hash, int(must_change)))

    def has_credential(self, staff: str) -> bool:
        """Whether a password was ever set for this staff number."""
        return self.database.value("SELECT 1 FROM credential WHERE staff = ?", (staff,)) is not None

    def must_change(self, staff: str) -> bool:
        """Whether the password has to be changed before anything else."""
        return bool(self.database.value("SELECT must_change FROM credential WHERE staff = ?", (staff,)))

    def remove_credential(self, staff: str) -> None:
        """Nobody signs on with this staff number any more."""
        self.database.execute("DELETE FROM credential WHERE staff = ?", (staff,))

    # identities

    def seal(self, value: str) -> str:
        """Keep an identity and return its random reference."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        ref, nonce = secrets.token_hex(10), secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(self._key(make=True)).encrypt(nonce, value.encode(), ref.encode())
        self.database.execute("INSERT INTO identity VALUES (?, ?)", (ref, sealed))
        return ref

    def reveal(self, ref: str) -> str | None:
        """The identity behind a reference; None when it was forgotten. The caller records why it was revealed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sealed = self.database.value("SELECT sealed FROM identity WHERE ref = ?", (ref,))
        if sealed is None:
            return None
        try:
            opened = AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], ref.encode())
        except InvalidTag as error:
            raise StorageDamaged(self.database.where) from error
        return opened.decode()

    def keyed_hash(self, value: str) -> str:
        """The same for the same identity, of no use to anybody without this vault's key; 32 hex digits."""
        own = hmac.digest(self._key(make=True), HASH_PURPOSE, "sha256")
        return hmac.digest(own, value.encode(), "sha256").hex()[:32]

    def forget(self, ref: str) -> None:
        """Delete an identity for good: from the pages of the file and from its write-ahead log."""
        self.database.execute("DELETE FROM identity WHERE ref = ?", (ref,))
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget_all(self, refs: Set[str]) -> int:
        """The same of those among these that are still here; how many they were."""
        here = sorted(str(ref) for (ref,) in self.database.rows("SELECT ref FROM identity") if ref in refs)
        for ref in here:
            self.database.execute("DELETE FROM identity WHERE ref = ?", (ref,))
        if here:
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(here)

    def _key(self, *, make: bool = False) -> bytes:
        """The sealing key; a lost one is never silently replaced while sealed identities exist."""
        try:
            key = self.key_file.read_bytes()
        except FileNotFoundError as error:
            if not make or self.database.value("SELECT 1 FROM identity LIMIT 1"):
                raise StorageDenied(str(self.key_file)) from error
            return self._made_key()
        except OSError as error:
            raise StorageDenied(str(self.key_file)) from error
        if len(key) != 32:
            raise StorageDamaged(str(self.key_file))
        return key

    def _made_key(self) -> bytes:
        """Make the key file once, whichever process comes first."""
        self.key_file.parent.mkdir(mode=0o700, exist_ok=True)
        draft = self.key_file.with_suffix(f".{os.getpid()}")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, secrets.token_bytes(32))
            os.fsync(file)
        finally:
            os.close(file)
        try:
            os.link(draft, self.key_file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return self.key_file.read_bytes()
