"""Tokens, figures and nodes: who may read what, over real HTTP; limits, metrics, the log."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from hallterm.centre_door import Door
from hallterm.centre_log import JsonLines
from storage import contacts
from storage import facts as f
from storage.clock import now as read_clock
from storage.journal import Journal
from storage.vault import Vault
from sync import tokens, wire
from sync.client import Result, SyncClient
from sync.keys import NodeKey
from sync.limits import Buckets, Limits, Rate
from sync.reads import FIGURES_PATH, NODES_PATH, TOKEN_PATH
from sync.server import METRICS_PATH
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import DAY, at, serve_visits
from tests.sync.test_server import HEADERS, STRANGER, ack, body_of, post, problem
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

NODE, HALL, OTHER = "3301-0310-07", "3301", "3302"
PASSWORD = "correct horse"
DAY_QUERY = {"from": DAY, "to": DAY}


@contextmanager
def serving(open_centre: Opener, folder: Path, **options: Any) -> Iterator[httpx.Client]:
    """A centre whose people have passwords."""
    folder.mkdir(exist_ok=True)
    with (
        centre_in_thread(open_centre, check=Door(folder, open_centre).check, **options) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield http


@pytest.fixture
def people(centre: Journal, tmp_path: Path) -> Path:
    """A director of the hall, a clerk, somebody of the collection department everywhere it counts."""
    folder = tmp_path / "centre"
    folder.mkdir()
    vault = Vault.open(folder)
    given = (("5001", f.Role.HALL_DIRECTOR, HALL), ("5002", f.Role.CLERK, HALL), ("5003", f.Role.TECHNICIAN, OTHER))
    for number, role, place in given:
        with centre.write("-", at(0)) as tx:
            tx.record(f.StaffSet(number, "somebody", place))
            tx.record(f.GrantSet(number, role, place))
        vault.set_password(number, PASSWORD)
    vault.close()
    return folder


def sign_on(http: httpx.Client, number: str, password: str = PASSWORD) -> httpx.Response:
    return http.post(TOKEN_PATH, json={"number": number, "password": password})


def bearer(http: httpx.Client, number: str) -> dict[str, str]:
    answered = sign_on(http, number)
    assert answered.status_code == 200, answered.text
    assert answered.headers["cache-control"] == "no-store"
    return {"Authorization": f"Bearer {answered.json()['token']}"}


def test_a_director_reads_his_hall_and_nothing_beside_it(
    open_centre: Opener, people: Path, device: Journal, centre: Journal
) -> None:
    serve_visits(device, 3)
    with serving(open_centre, people) as http:
        assert post(http, body_of(device, 1, 15)).status_code == 200
        director = bearer(http, "5001")
        found = http.get(FIGURES_PATH, params={"scope": HALL, **DAY_QUERY}, headers=director).json()
        assert [(one["hall"], one["period"], one["tickets"], one["services"]) for one in found["sums"]] == [
            (HALL, DAY, 3, 3)
        ]
        month = {"from": DAY[:7], "to": DAY[:7]}
        found = http.get(FIGURES_PATH, params={"scope": HALL, **month}, headers=director).json()
        assert [(one["period"], one["rated"]) for one in found["sums"]] == [(DAY[:7], 3)]
        for first, last, days in ((DAY[:7], DAY, [DAY]), (DAY, DAY[:7], [DAY]), ("2026-02", "2026-02-28", [])):
            query = {"scope": HALL, "from": first, "to": last}
            found = http.get(FIGURES_PATH, params=query, headers=director).json()
            assert [one["period"] for one in found["sums"]] == days
        for scope in (OTHER, "360600"):
            refused = http.get(FIGURES_PATH, params={"scope": scope, **DAY_QUERY}, headers=director)
            assert problem(refused) == (403, "not-granted")
        clerk, technician = bearer(http, "5002"), bearer(http, "5003")
        for path, query in ((FIGURES_PATH, {"scope": HALL, **DAY_QUERY}), (NODES_PATH, {"scope": HALL})):
            assert problem(http.get(path, params=query, headers=clerk)) == (403, "not-granted")
            assert problem(http.get(path, params=query, headers=technician)) == (403, "not-granted")
            assert problem(http.get(path, params=query)) == (401, "no-token")
        assert http.get(NODES_PATH, params={"scope": OTHER}, headers=technician).json()["nodes"] == []
        with centre.write("-", at(9)) as tx:  # what is withdrawn is gone at once, whatever the token
            tx.record(f.GrantEnded("5001", f.Role.HALL_DIRECTOR, HALL))
        assert problem(http.get(NODES_PATH, params={"scope": HALL}, headers=director)) == (403, "not-granted")


def test_the_page_of_nodes_says_what_each_last_said(open_centre: Opener, people: Path, device: Journal) -> None:
    serve_visits(device, 100)
    with serving(open_centre, people) as http:
        url, path = str(http.base_url), Path(device.database.where)
        client = SyncClient(lambda: Journal.open(path), url, DEVICE_KEY, app="1.4.0")
        assert client.step(at(60)).result is Result.STORED
        client.close()
        found = http.get(NODES_PATH, params={"scope": HALL}, headers=bearer(http, "5001")).json()
    (one,) = found["nodes"]
    assert (one["node"], one["scope"], one["app"], one["have"], one["backlog"]) == (NODE, HALL, "1.4.0", 50, 450)
    assert one["skew_ms"] == at(60).t - one["contact_t"]
    assert one["disk"] > 0
    assert (one["clones"], one["quarantine"], one["revoked_t"], one["durable"]) == (0, 0, 0, 0)


def test_what_nodes_said_outlives_the_process_and_is_no_fact(
    open_centre: Opener, device: Journal, centre: Journal
) -> None:
    serve_visits(device, 1)
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(device.database.where)), url, DEVICE_KEY, app="1.4.0")
        client.step(at(1))
        client.close()
    events = centre.database.value("SELECT count(*) FROM event")
    (one,) = contacts.everybody(centre.database, HALL)
    assert (one.app, one.have, one.contact_t > 0) == ("1.4.0", 5, True)
    assert contacts.everybody(centre.database, OTHER) == []
    assert events == 6


def test_a_node_reads_its_own_place_with_its_signature(open_centre: Opener, device: Journal, centre: Journal) -> None:
    now_t = read_clock().t
    target = f"{NODES_PATH}?scope={HALL}"
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:

        def ask(
            scope: str, key: NodeKey = DEVICE_KEY, node: str = NODE, t: int = now_t, asked: str = ""
        ) -> tuple[int, str]:
            wanted = f"{NODES_PATH}?scope={scope}"
            header = tokens.authorization(key, node, asked or wanted, t)
            answered = http.get(wanted, headers={"Authorization": header})
            return (200, "") if answered.status_code == 200 else problem(answered)

        assert ask(HALL) == ask(HALL) == (200, "")  # sent again it reads again, and that is all
        assert ask(OTHER) == (403, "not-granted")
        assert ask(OTHER, asked=target) == (401, "no-token")
        assert ask(HALL, key=NodeKey.make()) == (401, "no-token")
        assert ask(HALL, node="3301-99") == (401, "no-token")
        assert ask(HALL, t=now_t - 10 * 60_000) == (401, "no-token")
        with centre.write("-", at(1)) as tx:
            tx.record(f.NodeRevoked(node=NODE, reason="stolen"))
        assert ask(HALL) == (401, "no-token")


@pytest.mark.parametrize(
    "token",
    ["", "x", "x.y", ".", "é.é", "a" * 5000, "Bearer", f"{tokens._text(b'{}')}.{tokens._text(b'x' * 64)}"],
)
def test_what_is_no_token_is_nobody(token: str) -> None:
    assert tokens.read(CENTRE_KEY.public, token, 0) is None


def test_a_token_is_of_this_centre_and_of_the_last_fifteen_minutes() -> None:
    made = tokens.make(CENTRE_KEY, "5001", 1_000)
    claims = tokens.read(CENTRE_KEY.public, made, 2_000)
    assert claims is not None
    assert claims.staff == "5001"
    assert tokens.read(NodeKey.make().public, made, 2_000) is None
    assert tokens.read(CENTRE_KEY.public, made, 1_000 + tokens.LIFE_S * 1000) is None
    assert tokens.read(CENTRE_KEY.public, made, -(10**9)) is None  # the centre's own clock was put back
    first, _dot, second = made.partition(".")
    other = tokens._text(b'{"staff":"1","until_t":900000}')
    assert tokens.read(CENTRE_KEY.public, f"{other}.{second}", 2_000) is None
    answer_signature = CENTRE_KEY.sign(tokens._bytes(first))  # a signature over the same bytes for another purpose
    assert tokens.read(CENTRE_KEY.public, f"{first}.{tokens._text(bytes.fromhex(answer_signature))}", 2_000) is None


def too_early(http: httpx.Client, number: str) -> httpx.Response:
    """The answer to wrong passwords that follow each other; the waits are 1, 2, 4 .. s, and this machine may be slow."""
    for _ in range(8):
        answer = sign_on(http, number, "wrong one")
        if answer.status_code != 401:
            break
        assert problem(answer) == (401, "wrong-password")
    return answer


def test_wrong_passwords_slow_down_and_are_recorded_like_at_the_counter(
    open_centre: Opener, people: Path, centre: Journal
) -> None:
    unlimited = Limits(guesses=Rate(1000, 1000))
    with serving(open_centre, people, limits=unlimited) as http:
        for number in ("5001", "9999"):  # the second is nobody's
            early = too_early(http, number)
            assert problem(early) == (429, "too-early")
            assert int(early.headers["retry-after"]) >= 1
        assert http.get("/healthz").json()["status"] == "ok"
    refused = centre.database.value("SELECT count(*) FROM event WHERE CAST(line AS TEXT) LIKE '%sign_on.refused%'")
    assert refused == 0  # one fact for five


def test_a_password_that_must_be_changed_opens_nothing(open_centre: Opener, people: Path) -> None:
    vault = Vault.open(people)
    vault.set_password("5001", PASSWORD, must_change=True)
    vault.close()
    with serving(open_centre, people) as http:
        assert problem(sign_on(http, "5001")) == (403, "must-change")


def test_without_passwords_nobody_gets_a_token(open_centre: Opener) -> None:
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        assert problem(sign_on(http, "5001")) == (403, "no-passwords")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "bad-query"),
        ({"scope": HALL, "from": DAY}, "bad-query"),
        ({"scope": HALL, "from": "yesterday", "to": DAY}, "bad-query"),
        ({"scope": "a b", **DAY_QUERY}, "bad-query"),
        ({"scope": HALL, **DAY_QUERY, "x": "1"}, "bad-query"),
        ({"scope": HALL, "from": f"{DAY}x", "to": DAY}, "bad-query"),
    ],
)
def test_a_question_that_is_none_is_a_problem(open_centre: Opener, query: dict[str, str], code: str) -> None:
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        assert problem(http.get(FIGURES_PATH, params=query)) == (400, code)


# limits


def test_buckets_fill_again_and_forget_nobody_who_waits() -> None:
    clock = [0.0]
    buckets = Buckets(Rate(2, 0.5), lambda: clock[0])
    for _ in range(2):
        assert buckets.wait_s("a") == 0
        buckets.take("a")
    assert buckets.wait_s("a") == 2
    assert buckets.wait_s("b") == 0
    clock[0] = 1
    assert buckets.wait_s("a") == 1
    clock[0] = 2
    assert buckets.wait_s("a") == 0


def test_a_node_that_comes_too_often_waits_and_the_others_do_not(
    open_centre: Opener, device: Journal, centre: Journal
) -> None:
    serve_visits(device, 1)
    other = NodeKey.make()
    with centre.write("-", at(0)) as tx:
        tx.record(f.NodeEnrolled(node="3301-08", scope=HALL, key=other.public))
    with (
        centre_in_thread(open_centre, limits=Limits(node=Rate(3, 0.001))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=120) as http,
    ):
        for _ in range(3):  # the same segment again is harmless, and counts
            assert ack(post(http, body_of(device, 1, 5))).have == 5
        refused = post(http, body_of(device, 1, 5))
        assert problem(refused) == (429, "too-often")
        assert int(refused.headers["retry-after"]) > 1
        assert post(http, body_of(device, 1, 0, other, node="3301-08", prev="0" * 64, head="0" * 64)).status_code == 200
        assert problem(post(http, body_of(device, 1, 5, STRANGER))) == (401, "bad-signature")


def test_an_address_that_guesses_is_slowed_down_for_codes_passwords_and_segments(
    open_centre: Opener, people: Path, device: Journal
) -> None:
    serve_visits(device, 1)
    with serving(open_centre, people, limits=Limits(guesses=Rate(2, 0.001))) as http:
        for number in ("9998", "9999"):
            assert problem(sign_on(http, number, "wrong one")) == (401, "wrong-password")
        for refused in (
            sign_on(http, "5001"),
            post(http, body_of(device, 1, 5)),
            http.get(NODES_PATH, params={"scope": HALL}),
        ):
            assert problem(refused) == (429, "too-often")
            assert int(refused.headers["retry-after"]) > 60
        assert http.get("/healthz").status_code == 200


def test_an_address_that_sends_rubbish_is_slowed_down(open_centre: Opener, device: Journal) -> None:
    serve_visits(device, 1)
    with (
        centre_in_thread(open_centre, limits=Limits(faults=Rate(3, 0.001))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=120) as http,
    ):
        for _ in range(3):
            assert ack(post(http, body_of(device, 1, 5))).have == 5  # good requests do not count
            assert problem(post(http, b"rubbish")) == (400, "not-gzip")
        assert problem(post(http, body_of(device, 1, 5))) == (429, "too-often")


def test_bodies_that_are_no_json_or_too_large_are_refused(open_centre: Opener) -> None:
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        for path in (TOKEN_PATH, "/v1/enrol"):
            assert problem(http.post(path, content=b"{}", headers={"Content-Type": "text/plain"})) == (
                415,
                "other-media-type",
            )
            large = http.post(path, content=bytes(17_000), headers={"Content-Type": "application/json"})
            assert problem(large) == (413, "too-large")
            deep = http.post(path, content=b"[" * 16_000, headers={"Content-Type": "application/json"})
            assert problem(deep)[0] == 400


# metrics and log

SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"\})? (\S+)\Z')


def samples(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    typed: set[str] = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("#"):
            match = SAMPLE.match(line)
            assert match, line
            assert re.sub(r"_(bucket|sum|count)$", "", match[1]) in typed
            found[f"{match[1]}{match[2] or ''}"] = float(match[3])
    return found


def test_metrics_count_what_came_and_name_nobody(open_centre: Opener, device: Journal) -> None:
    serve_visits(device, 4)
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        body = body_of(device, 1, 20)
        post(http, body)
        post(http, b"rubbish")
        http.get("/nowhere")
        answered = http.get(METRICS_PATH)
    assert answered.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answered.text)
    assert found["hallterm_segments_total"] == 1
    assert found["hallterm_events_total"] == 20
    assert found["hallterm_segment_bytes_total"] == len(body)
    assert found['hallterm_refusals_total{code="not-gzip"}'] == 1
    assert found['hallterm_refusals_total{code="not-found"}'] == 1
    assert found["hallterm_nodes"] == 1
    assert found["hallterm_requests_waiting"] == found["hallterm_quarantined_lines"] == 0
    assert found['hallterm_store_seconds_bucket{le="+Inf"}'] == found["hallterm_store_seconds_count"] == 1
    bounds = [value for name, value in found.items() if "_bucket" in name]
    assert bounds == sorted(bounds)
    assert NODE not in answered.text


def test_the_log_is_json_without_names_numbers_and_passwords(
    open_centre: Opener, people: Path, device: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    serve_visits(device, 1)
    with caplog.at_level(logging.INFO), serving(open_centre, people) as http:
        post(http, body_of(device, 1, 5))
        sign_on(http, "5001", "a wrong password")
        http.get(f"{FIGURES_PATH}?scope=310101199001011234")
    lines = [JsonLines().format(one) for one in caplog.records if one.name.startswith("sync")]
    events = [json.loads(line) for line in lines]
    assert {"segment", "request"} <= {one["event"] for one in events}
    (segment,) = [one for one in events if one["event"] == "segment"]
    assert (segment["node"], segment["n"], segment["verdict"]) == (NODE, 5, "stored")
    assert {"method": "POST", "path": TOKEN_PATH, "status": 401, "code": "wrong-password"}.items() <= next(
        one for one in events if one.get("path") == TOKEN_PATH
    ).items()
    for private in ("5001", "a wrong password", "310101199001011234", "1007", "127.0.0.1"):
        assert not any(private in line for line in lines), private


def test_a_clock_that_says_nonsense_stops_nothing(open_centre: Opener, device: Journal) -> None:
    serve_visits(device, 1)
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        assert problem(post(http, body_of(device, 1, 5, now=wire.Clock(2**70, 0, "b")), HEADERS)) == (400, "bad-header")
        assert ack(post(http, body_of(device, 1, 5, now=wire.Clock(-(2**53), 2**53, "b")))).have == 5
