"""Passwords and identities: hashed, sealed, and forgotten for good."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import vault as vault_module
from storage.errors import NewerVersion, StorageDamaged, StorageDenied
from storage.vault import MEMORY_KIB, PASSES, Vault

NAME = "王建国 360602199001011234"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One pass of a small memory: the strength of the parameters is tested by themselves."""
    monkeypatch.setattr(vault_module, "PASSES", 1)
    monkeypatch.setattr(vault_module, "MEMORY_KIB", 64)


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    opened = Vault.open(folder)
    yield opened
    opened.close()


def test_only_the_right_password_of_the_right_person_is_taken(vault: Vault) -> None:
    vault.set_password("1001", "correct horse")
    assert vault.verify("1001", "correct horse")
    assert not vault.verify("1001", "correct horsf")
    assert not vault.verify("1001", "")
    assert not vault.verify("1002", "correct horse")
    assert vault.has_credential("1001")
    assert not vault.has_credential("1002")


def test_letters_of_a_full_width_input_method_are_the_same_password(vault: Vault) -> None:
    vault.set_password("1001", "Passw0rd9")
    assert vault.verify("1001", "Ｐａｓｓｗ０ｒｄ９")


def test_a_reset_password_must_be_changed_until_it_is(vault: Vault) -> None:
    vault.set_password("1001", "given by admin", must_change=True)
    assert vault.must_change("1001")
    vault.set_password("1001", "my own choice")
    assert not vault.must_change("1001")
    assert not vault.must_change("nobody")


def test_a_removed_credential_signs_nobody_on(vault: Vault) -> None:
    vault.set_password("1001", "correct horse")
    vault.remove_credential("1001")
    assert not vault.verify("1001", "correct horse")


def test_a_hash_of_older_parameters_is_renewed_by_the_right_password_only(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.set_password("1001", "correct horse", must_change=True)
    sql = "SELECT hash FROM credential"
    before = vault.database.value(sql)
    monkeypatch.setattr(vault_module, "MEMORY_KIB", 128)
    assert not vault.verify("1001", "wrong")
    assert vault.database.value(sql) == before
    assert vault.verify("1001", "correct horse")
    assert "m=128,t=1,p=1" in vault.database.value(sql)
    assert vault.verify("1001", "correct horse")
    assert vault.must_change("1001")


def test_the_parameters_in_use_are_those_of_the_house() -> None:
    assert (MEMORY_KIB, PASSES) == (19_456, 12)
    assert MEMORY_KIB <= 20 * 1024


def test_a_broken_hash_is_damage_and_not_a_wrong_password(vault: Vault) -> None:
    vault.set_password("1001", "correct horse")
    vault.database.execute("UPDATE credential SET hash = 'rubbish'")
    with pytest.raises(StorageDamaged):
        vault.verify("1001", "correct horse")


def test_no_password_stands_in_the_file(vault: Vault, folder: Path) -> None:
    vault.set_password("1001", "correct horse")
    assert b"correct horse" not in everything(folder)


def test_an_identity_is_sealed_and_can_be_revealed(vault: Vault, folder: Path) -> None:
    ref, other = vault.seal(NAME), vault.seal(NAME)
    assert ref != other
    assert vault.reveal(ref) == NAME
    assert NAME.encode() not in everything(folder)


def test_a_forgotten_identity_is_gone_from_every_byte_of_the_file(vault: Vault, folder: Path) -> None:
    ref = vault.seal(NAME)
    kept = vault.seal("somebody else")
    sealed = bytes(vault.database.value("SELECT sealed FROM identity WHERE ref = ?", (ref,)))
    assert sealed in everything(folder)
    vault.forget(ref)
    assert vault.reveal(ref) is None
    assert sealed not in everything(folder)
    assert ref.encode() not in everything(folder)
    assert vault.reveal(kept) == "somebody else"


def test_a_sealed_value_cannot_be_moved_to_another_reference(vault: Vault) -> None:
    ref, other = vault.seal(NAME), vault.seal("somebody else")
    moved = "UPDATE identity SET sealed = (SELECT sealed FROM identity WHERE ref = ?) WHERE ref = ?"
    vault.database.execute(moved, (ref, other))
    with pytest.raises(StorageDamaged):
        vault.reveal(other)


def test_the_key_is_for_its_owner_only(vault: Vault, folder: Path) -> None:
    vault.seal(NAME)
    assert stat.S_IMODE(os.stat(folder / "keys" / "vault.key").st_mode) == 0o600
    assert [path.name for path in (folder / "keys").iterdir()] == ["vault.key"]


def test_a_lost_key_is_said_and_not_silently_replaced(vault: Vault, folder: Path) -> None:
    ref = vault.seal(NAME)
    (folder / "keys" / "vault.key").unlink()
    with pytest.raises(StorageDenied):
        vault.reveal(ref)
    with pytest.raises(StorageDenied):
        vault.seal("somebody else")
    (folder / "keys" / "vault.key").write_bytes(b"short")
    with pytest.raises(StorageDamaged):
        vault.reveal(ref)


def test_the_vault_of_a_newer_program_is_left_alone(vault: Vault, folder: Path) -> None:
    vault.database.execute("PRAGMA user_version = 9")
    with pytest.raises(NewerVersion):
        Vault.open(folder)


def test_signing_on_loads_no_cryptography(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from storage.vault import Vault; v = Vault.open(Path(sys.argv[1]))\n"
        "assert 'argon2' not in sys.modules\n"
        "v.set_password('1', 'p'); assert v.verify('1', 'p')\n"
        "assert not {'cryptography', 'psycopg', 'httpx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, timeout=60)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("vault.db*"))
