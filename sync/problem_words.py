"""What each problem means, for the person who reads the answer of a centre (``detail`` of RFC 9457). Programs read the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DETAILS: Final[Mapping[str, str]] = {
    # of the request as it came
    "method-not-allowed": "This address is not asked in this way; Allow names the ways.",
    "not-found": "There is nothing at this address; /v1/openapi.json says what there is.",
    "other-media-type": "The body is of another Content-Type than this address takes.",
    "too-large": "The body is larger than this address takes, packed or unpacked. Send less at once.",
    "slow-body": "The body did not come in time. Nothing of it was kept.",
    "cut-short": "The body ended before its end. Nothing of it was kept.",
    "not-gzip": "The body is not packed with gzip, or is damaged.",
    "bad-lines": "The body is not made of lines that each end with a newline.",
    "bad-header": "What this address expects first in a body cannot be read.",
    "malformed": "The body cannot be read.",
    "bad-query": "A value that is asked for is missing or is no such value; /v1/openapi.json says which there are.",
    "too-many-rows": "The answer would be too long. Ask for a smaller place or a shorter time.",
    # of who sends
    "bad-signature": "The signature is missing or not that of the sender's key.",
    "other-protocol": "The sender's program is too old for this centre. Upgrade it; nothing is lost there.",
    "not-enrolled": "This node is not enrolled here: a one-time code of this centre lets it in.",
    "revoked": "This node was revoked here. Nothing more is taken from it.",
    "other-place": "This number host serves the nodes of its own hall only.",
    "own-log": "Nobody sends this centre its own log.",
    "unknown-code": "This one-time code is not known for this place: mistyped, used before, or older than 7 days.",
    "name-taken": "This name is enrolled with another key: a code that replaces it is needed.",
    "not-set-up": "This node has no hall yet.",
    "bad-answer": "The answer is not of the centre that made the code.",
    "no-token": "A valid token of this centre (POST /v1/token) or the signature of an enrolled node is needed.",
    "wrong-password": "Number or password is wrong.",
    "too-early": "After wrong passwords this number has to wait; Retry-After says how long.",
    "must-change": "This password must be changed first, at a terminal.",
    "no-passwords": "This centre checks no passwords.",
    "no-reports": "This centre makes no reports.",
    "not-granted": "No grant of the asker covers this place.",
    # of a segment or a bundle
    "broken-chain": "The lines do not make the chain that their header names. Nothing of them was kept.",
    "not-sealed": "This bundle is not sealed for this centre, or is damaged.",
    "no-bundle": "This is no bundle, or it is damaged.",
    "not-signed": "What is in the bundle is not signed by its sender.",
    "other-log": "The parts of the bundle do not belong together.",
    "no-box": "The sender's key to seal for is not known.",
    # of the centre
    "too-often": "Too many requests came from there; Retry-After says how long to wait.",
    "busy": "Too much waits here; Retry-After says when to come again. Nothing was acknowledged.",
    "fault": "The centre made a mistake; its log names the place. Nothing was acknowledged.",
    "storage-full": "The disk of the centre is full. Nothing was acknowledged; keep everything and come again.",
    "storage-busy": "The store of the centre is locked. Nothing was acknowledged; come again.",
    "storage-denied": "The store of the centre cannot be written. Nothing was acknowledged; keep everything and come again.",
    "storage-gone": "The store of the centre was removed, or its disk unmounted. Nothing was acknowledged; keep everything.",
    "storage-damaged": "The store of the centre is damaged. Nothing was acknowledged; keep everything and come again.",
    "newer-version": "The store of the centre was written by a newer program. Nothing was acknowledged; come again.",
}
