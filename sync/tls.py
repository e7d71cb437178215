"""TLS between nodes: the centre's certificate by configuration, its private authority pinned at the device.

TLS 1.3 keeps what travels private; who speaks is proven by the signatures inside. A device that pins the authority does not
look at the dates of certificates: a PC whose clock battery is dead must still reach the centre, and whether an answer is
fresh is told by the answer.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name."""


def pinned(ca: Path) -> ssl.SSLContext:
    """Trust this authority and nobody else, whatever the date; raises OSError (ssl.SSLError is one) for no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cafile=ca)
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | NO_CHECK_TIME)
    return context


def serving(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the centre shows; raises OSError for files that cannot be read or do not belong together."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context
