"""The description of the endpoints is true: what is drawn from it is answered as it says, on a running centre."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from hallterm.centre_door import Door
from storage import facts as f
from storage.journal import Journal
from storage.vault import Vault
from sync import hub_wire, openapi, server, wire
from sync.limits import Limits, Rate
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import at
from tests.sync.test_hub import DESK, NODE, open_host
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

__all__ = ["open_host"]

EXAMPLES, FEW = 12, 6
COSTLY = {"/v1/token": 4, "/v1/enrol": 6, "/v1/hall": 2}
"""A wrong password costs the time of a right one, a body of many fields much drawing."""
ANSWERED = [one for one in (*openapi.PACKED, *openapi.OF_HUB) if one.path in ("/metrics", "/v1/hall", "/v1/claim")]
"""What needs nothing that cannot be drawn."""
UNLIMITED = Limits(*[Rate(1e9, 1e9)] * 3)


@pytest.fixture
def signed_on(open_centre: Opener, centre: Journal, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a centre, and the token of somebody who may read the hall."""
    vault = Vault.open(tmp_path)
    with centre.write("-", at(0)) as tx:
        tx.record(f.StaffSet("5001", "somebody", "3301"))
        tx.record(f.GrantSet("5001", f.Role.HALL_DIRECTOR, "3301"))
    vault.set_password("5001", "correct horse")
    vault.close()
    with centre_in_thread(open_centre, check=Door(tmp_path, open_centre).check, limits=UNLIMITED) as url:
        token = httpx.post(
            f"{url}/v1/token", json={"number": "5001", "password": "correct horse"}, trust_env=False, timeout=120
        ).json()["token"]
        yield url, token


@pytest.mark.parametrize("described", openapi.OPERATIONS, ids=lambda one: one.path)
def test_what_is_drawn_from_the_description_is_answered_as_it_says(
    signed_on: tuple[str, str], described: openapi.Operation
) -> None:
    url, token = signed_on
    schema = schemathesis.openapi.from_dict(httpx.get(f"{url}{openapi.PATH}", trust_env=False, timeout=120).json())
    operation = schema[described.path][described.method.upper()]
    takes_anything = described.query or described.body
    modes = schemathesis.GenerationMode if takes_anything else [schemathesis.GenerationMode.POSITIVE]
    with requests.Session() as session:
        session.trust_env = False  # loopback never goes through the proxy of the machine
        for mode in modes:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=COSTLY.get(described.path, EXAMPLES),
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def check(case: Any) -> None:
                headers = {"Authorization": f"Bearer {token}"}
                case.call_and_validate(base_url=url, headers=headers, session=session)

            check()


@pytest.fixture
def host(open_host: Callable[[], Journal]) -> Iterator[str]:
    """The address of a number host."""
    with centre_in_thread(open_host, desk=DESK, limits=UNLIMITED) as url:
        yield url


@schemathesis.serializer(openapi.LINES)
def _signed_lines(_context: Any, line: Any) -> bytes:
    """What is drawn as a first line, packed and signed by an enrolled node."""
    first = json.dumps(line).encode()
    signed = json.dumps({"sig": DEVICE_KEY.sign(wire.covered([first]))}).encode()
    return gzip.compress(wire.joined([first, signed])) if isinstance(line, dict) else b"no lines"


def _statuses(operation: Any, mode: schemathesis.GenerationMode, host: str, described: openapi.Packed) -> set[int]:
    """How what is drawn is answered; first lines that fit are of an enrolled node and of the protocol that is spoken."""
    seen: set[int] = set()
    headers = {"Content-Encoding": "gzip"} if described.takes == openapi.LINES else {}
    excluded = [schemathesis.checks.positive_data_acceptance]  # bytes that nobody signed

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=COSTLY.get(described.path, FEW),
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        if isinstance(case.body, dict):
            case.body["p"] = wire.PROTOCOL
            if mode is schemathesis.GenerationMode.POSITIVE:
                case.body["node"] = NODE
        answered = case.call_and_validate(base_url=host, headers=headers, session=session, excluded_checks=excluded)
        seen.add(answered.status_code)
        if answered.status_code == HTTPStatus.OK and described.said is not None:
            hub_wire.answer(gzip.compress(answered.content), CENTRE_KEY.public, described.said)

    with requests.Session() as session:
        session.trust_env = False
        check()
    return seen


@pytest.mark.parametrize("described", [*openapi.PACKED, *openapi.OF_HUB], ids=lambda one: one.path)
def test_what_is_packed_is_answered_as_the_description_says(host: str, described: openapi.Packed) -> None:
    """First lines are drawn, and packed and signed by an enrolled node as the protocol says."""
    schema = schemathesis.openapi.from_dict(httpx.get(f"{host}{openapi.PATH}", trust_env=False, timeout=120).json())
    operation = schema[described.path][described.method.upper()]
    positive, negative = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    seen = _statuses(operation, positive, host, described)
    assert (HTTPStatus.OK in seen) == (described in ANSWERED), seen
    if described.asked:
        assert HTTPStatus.OK not in _statuses(operation, negative, host, described)


def test_every_route_is_described(open_centre: Opener) -> None:
    app = server.create_app(open_centre, CENTRE_KEY)
    routes = {route.path for route in app.routes}  # type: ignore[attr-defined]
    assert routes - {openapi.PATH} == set(openapi.document()["paths"])
    hub = server.create_app(open_centre, CENTRE_KEY, desk=DESK)
    routes = {route.path for route in hub.routes}  # type: ignore[attr-defined]
    assert routes - {openapi.PATH} == set(openapi.document(is_hub=True)["paths"])


def test_the_description_names_the_types_that_are_used() -> None:
    document = openapi.document()
    assert document["openapi"] == "3.1.0"
    assert {"Request", "Welcome", "Token", "Figures", "Nodes", "NodeStatus", "HallSums", "ProblemBody"} <= set(
        document["components"]["schemas"]
    )
    assert "\\Z" not in repr(document)
