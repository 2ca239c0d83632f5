"""One visitor's events cost the others nothing: places, turns, and what nobody listens to."""

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gradio_client import Client

from genclass.errors import MESSAGES
from genclass.ui.common import render
from genclass.ui.common.events import HEAVY
from genclass.ui.server import crowd
from genclass.ui.server.gradio_queue import Asked

DATA = ["fashion-mnist-gan", None, 0, 1, 1.0, {}, None]
STRANGER = {"x-forwarded-for": "203.0.113.5"}
SLOW = 0.05


def asked(visitor, session="", line="networks"):
    return Asked(session, line, visitor, 0.0, stays)


async def stays():
    return False


def test_visitors_take_turns_and_so_do_their_tabs():
    line = [asked("a", "1")] * 3 + [asked("a", "2"), asked("b", "3"), asked("b", "3")]
    assert [(line[place].visitor, line[place].session) for place in crowd.in_turns(line)] == [
        ("a", "1"), ("b", "3"), ("a", "2"), ("b", "3"), ("a", "1"), ("a", "1")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "waiting, one, has",
    [
        ([asked("a", "1")] * 9, asked("a", "1"), True),
        ([asked("a", "1")] * 10, asked("a", "1"), False),
        ([asked("a", "1")] * 10, asked("a", "2"), True),
        ([asked("a", "1")] * 10, asked("b", "1"), True),
        ([asked("a")] * 59, asked("a"), True),
        ([asked("a")] * 60, asked("a"), False),
        ([asked("a")] * 60, asked("b"), True),
        ([asked(str(each)) for each in range(200)], asked("b"), False),
        ([asked(str(each), line="searches") for each in range(60)], asked("b", line="starts"), False),
        ([asked(str(each), line="searches") for each in range(60)], asked("b"), True),
        ([asked(str(each)) for each in range(200)], asked("b", line="starts"), True),
    ],
)
def test_a_visitor_has_so_many_places_and_heavy_work_its_own(waiting, one, has):
    assert crowd.has_place(waiting, one) == has


def test_heavy_work_is_named_as_the_page_names_it(blocks):
    assert {call.concurrency_id for call in blocks.fns.values()} >= set(HEAVY)


@pytest.fixture
def slow(monkeypatch):
    """Sampling takes its time; gives a list that grows by one with each."""
    prepare, done = render.prepare, []

    def slowly(*given):
        time.sleep(SLOW)
        done.append(1)
        return prepare(*given)

    monkeypatch.setattr(render, "prepare", slowly)
    return done


def in_a_loop(work):
    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        return pool.submit(asyncio.run, work).result()


async def flood(lab, number, sessions, count=200):
    """Statuses of events that a stranger posts without listening."""
    async with httpx.AsyncClient(timeout=60, base_url=lab, headers=STRANGER, limits=httpx.Limits()) as client:
        posts = [
            client.post("gradio_api/queue/join", json={"data": DATA, "fn_index": number, "session_hash": f"s{index}"})
            for index in (each % sessions for each in range(count))
        ]
        return [answer.status_code for answer in await asyncio.gather(*posts)]


def sampled(lab, done):
    """(status of a visitor's own call, how many were answered until it was)."""
    before = len(done)
    answer = httpx.post(f"{lab}gradio_api/call/sample", json={"data": DATA}, timeout=60)
    if answer.is_success:
        told = httpx.get(f"{lab}gradio_api/call/sample/{answer.json()['event_id']}", timeout=60).text
        assert "event: complete" in told, told
    return answer.status_code, len(done) - before


def number_of(blocks, name):
    return next(event._id for event in blocks.fns.values() if event.api_name == name)


@pytest.mark.parametrize("sessions", [1, 200])
def test_a_stranger_who_fills_the_queue_holds_up_nobody(blocks, lab, slow, monkeypatch, sessions):
    monkeypatch.setattr(crowd, "PATIENCE", 1.0)
    monkeypatch.setattr(crowd, "UNHEARD", 1.0)
    sampled(lab, slow)
    with ThreadPoolExecutor() as pool:
        attack = pool.submit(asyncio.run, flood(lab, number_of(blocks, "sample"), sessions))
        seen, most = [], 0
        while not attack.done() or len(blocks._queue):
            most = max(most, len(blocks._queue))
            seen.append(sampled(lab, slow))
        statuses = attack.result()
    assert {status for status, _ in seen} == {200} and max(others for _, others in seen) < 15
    assert set(statuses) <= {200, 429} and most <= 1 + (10 if sessions == 1 else 60)


def test_who_comes_for_a_dropped_answer_is_told(blocks, lab, monkeypatch):
    monkeypatch.setattr(crowd, "UNHEARD", 0.5)
    monkeypatch.setattr("genclass.ui.common.render.prepare", lambda *_: time.sleep(3))
    posts = [httpx.post(f"{lab}gradio_api/call/sample", json={"data": DATA}).json()["event_id"] for _ in range(4)]
    heard = httpx.stream("GET", f"{lab}gradio_api/call/sample/{posts[2]}", timeout=60)
    with heard:
        end = time.monotonic() + 10
        while len(blocks._queue) != 1:
            assert time.monotonic() < end
            time.sleep(0.1)
        told = httpx.get(f"{lab}gradio_api/call/sample/{posts[3]}", timeout=60).text
    assert MESSAGES["unheard"] in told and "event: error" in told


def test_a_program_may_ask_for_forty_answers_at_once(lab, slow):
    client = Client(lab, verbose=False)
    jobs = [client.submit("fashion-mnist-gan", count=1, api_name="/sample") for _ in range(40)]
    assert all(job.result(timeout=60) for job in jobs)


def test_answers_that_nobody_fetches_are_forgotten(blocks, lab, monkeypatch):
    event = httpx.post(f"{lab}gradio_api/call/sample", json={"data": DATA}).json()["event_id"]
    assert event in blocks._queue.pending_messages_per_session
    monkeypatch.setattr(crowd, "KEPT", 0.5)
    end = time.monotonic() + 10
    while event in blocks._queue.pending_messages_per_session or event in blocks._queue.pending_event_ids_session:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_who_hangs_up_no_longer_waits_at_the_door(lab, monkeypatch):
    tries = []
    monkeypatch.setattr(crowd, "has_place", lambda waiting, asked: tries.append(time.monotonic()))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{lab}gradio_api/call/sample", json={"data": DATA}, timeout=0.6)
    left = time.monotonic()
    time.sleep(8 * crowd.TRIES)
    assert tries and tries[-1] < left + 4 * crowd.TRIES


@pytest.mark.parametrize(
    "body, status",
    [({"fn_index": -1}, 400), ({"fn_index": 10**9}, 400), ({"fn_index": 0, "session_hash": "\ud800"}, 200)],
)
def test_what_is_nonsense_is_refused_in_a_line(lab, caplog, capfd, body, status):
    with caplog.at_level(logging.ERROR):
        content = json.dumps({"data": [], "session_hash": "x", **body})  # httpx could not send half a character
        headers = {"content-type": "application/json"}
        answer = httpx.post(f"{lab}gradio_api/queue/join", content=content, headers=headers)
    assert answer.status_code == status and "Traceback" not in caplog.text + capfd.readouterr().err


@pytest.mark.parametrize("where", ["queue/data?session_hash=nobody", "call/sample/nobody", "queue/data"])
def test_who_listens_for_nothing_is_told_so_without_a_traceback(lab, caplog, capfd, where):
    answer = httpx.get(f"{lab}gradio_api/{where}", timeout=10)
    assert "404: Not Found" in answer.text and "Traceback" not in caplog.text + capfd.readouterr().err
