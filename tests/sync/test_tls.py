"""TLS: a pinned private authority, whatever the date; no other one; beyond this machine only with a certificate."""

from __future__ import annotations

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hallterm.centre import CannotServe, main, parse_listen
from hallterm.config import load
from storage.clock import now as read_clock
from storage.journal import Journal
from sync.client import Result, SyncClient
from sync.enrol import make_offer
from sync.join import join
from sync.keys import NodeKey
from sync.post import Unreachable
from sync.tls import pinned
from tests.sync.centres import CentreProcess
from tests.sync.facts import assert_same_facts, at, serve_visits

EXPIRED = datetime(2002, 1, 1, tzinfo=UTC)


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A private authority; what it issues is out of date since 2002."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.key = generate_private_key(SECP256R1())
        self.name = name_of(name)
        self.file = folder / f"{name}.pem"
        made = self._signed(self.name, self.key).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.file.write_bytes(made.sign(self.key, SHA256()).public_bytes(Encoding.PEM))

    def _signed(self, name: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(EXPIRED - timedelta(days=365))
            .not_valid_after(EXPIRED)
        )

    def issue(self) -> tuple[Path, Path]:
        """Certificate and key of a server on loopback."""
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = self._signed(name_of("centre"), key).add_extension(names, critical=False).sign(self.key, SHA256())
        certificate, secret = self.folder / "centre.pem", self.folder / "centre.key"
        certificate.write_bytes(made.public_bytes(Encoding.PEM))
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, secret


def test_an_expired_certificate_of_the_pinned_authority_is_taken_and_no_other(tmp_path: Path, device: Journal) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    certificate, secret = ours.issue()
    process = CentreProcess(tmp_path / "centre", tls=(certificate, secret))
    process.start()
    key = NodeKey.make()
    try:
        assert process.url.startswith("https://")
        centre = Journal.open(tmp_path / "centre" / "centre.db")
        code = make_offer(centre, device.identity.hall, read_clock())
        with pytest.raises(Unreachable, match="other-certificate"):
            join(device, key, process.url, code, "test", ca=theirs.file)
        with pytest.raises(Unreachable, match="other-certificate"):
            join(device, key, process.url, code, "test")  # the authorities of the system do not know it
        with pytest.raises(Unreachable, match="no-authority"):
            join(device, key, process.url, code, "test", ca=tmp_path / "nowhere.pem")
        join(device, key, process.url, code, "test", ca=ours.file)
        serve_visits(device, 3)
        for ca, expected in ((theirs.file, Result.UNREACHABLE), (ours.file, Result.STORED)):
            client = SyncClient(lambda: Journal.open(Path(device.database.where)), process.url, key, ca=ca)
            assert client.step(at(1)).result is expected
            client.close()
        assert_same_facts(device, centre)
        with pytest.raises(httpx.HTTPError):
            httpx.get(process.url.replace("https", "http"), trust_env=False)
        centre.close()
    finally:
        process.stop()


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    ours = Authority(tmp_path, "ours")
    process = CentreProcess(tmp_path / "centre", tls=ours.issue())
    process.start()
    try:
        with (
            socket.create_connection(("127.0.0.1", process.port)) as line,
            pytest.raises(OSError, match="match"),
        ):
            pinned(ours.file).wrap_socket(line, server_hostname="other.example")
    finally:
        process.stop()


def test_beyond_this_machine_only_with_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="without \\[sync\\] certificate"):
        parse_listen("0.0.0.0:8443")
    assert parse_listen("0.0.0.0:8443", anywhere=True) == ("0.0.0.0", 8443)
    assert parse_listen("[::]:8443", anywhere=True) == ("::", 8443)
    with pytest.raises(CannotServe, match="not an address"):
        parse_listen("centre.example:8443", anywhere=True)


def test_a_certificate_that_cannot_be_used_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate, _secret = Authority(tmp_path, "ours").issue()
    other = tmp_path / "other"
    other.mkdir()
    _certificate, wrong = Authority(other, "theirs").issue()
    for named, key in ((certificate, wrong), (certificate, tmp_path / "nowhere"), (tmp_path / "nowhere", wrong)):
        file = tmp_path / "hallterm.toml"
        file.write_text(f'[sync]\ncertificate = "{named}"\nkey = "{key}"\nlisten = "0.0.0.0:8443"\n')
        settings = load(file, environ={}, data=tmp_path / "data")
        assert main(settings) == 1
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n"), str(named) in said.err) == ("", 1, True)
    assert not (tmp_path / "data").exists()
