"""Limits of what is sent and kept: bodies, files, the share of the disk, the queue."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from genclass.errors import GenClassError
from genclass.ui.server import crowd, limits, quota, uploads

UPLOAD = "gradio_api/upload"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of uploads of its own, with room for 1,000 bytes, of which files older than a minute may go."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(limits, "MAX_STORED_BYTES", {False: 1000, True: 100})
    monkeypatch.setattr(quota, "now", quota.Quota(young=60))
    return tmp_path


def old_file(folder, name, size, minutes):
    path = folder / name / "upload.png"
    path.parent.mkdir()
    path.write_bytes(bytes(size))
    for one in (path, path.parent):
        os.utime(one, (time.time() - 60 * minutes,) * 2)
    return path


def test_the_oldest_files_go_first(folder):
    files = [old_file(folder, str(minutes), 300, minutes) for minutes in range(10, 15)]
    assert quota.now.tidy() == {str(path) for path in files[3:]}
    assert [path.exists() for path in files] == [True] * 3 + [False] * 2
    assert quota.now.used == 900


def test_empty_folders_go_when_they_are_old(folder):
    old, new = old_file(folder, "old", 1, 10), old_file(folder, "new", 1, 0)
    for path in (old, new):
        path.unlink()
    os.utime(old.parent, (0, 0))
    quota.now.tidy()
    assert not old.parent.exists() and new.parent.exists()


def test_new_files_and_those_to_keep_stay(folder):
    new, kept = old_file(folder, "new", 900, 0), old_file(folder, "kept", 900, 60)
    quota.now.keep.add(str(kept))
    assert quota.now.tidy() == set() and new.exists()
    with pytest.raises(GenClassError) as caught:
        quota.save(b"more", "more.png")
    assert caught.value.code == "busy"


def test_room_is_made_for_what_comes(folder):
    old = old_file(folder, "old", 700, 10)
    quota.now.tidy()
    assert quota.save(bytes(200), "a.png") and old.exists()
    assert quota.save(bytes(201), "b.png") and not old.exists()
    assert quota.now.used == 401
    with pytest.raises(GenClassError, match="no room"):
        quota.now.take(600)


def test_there_may_be_only_so_many_files(folder):
    quota.now.files = 3
    files = [old_file(folder, str(minutes), 1, minutes) for minutes in range(10, 15)]
    quota.now.tidy()
    assert [path.exists() for path in files] == [True] * 3 + [False] * 2


def test_strangers_have_less(folder, monkeypatch):
    monkeypatch.setattr(limits, "now", limits.Limits(public=True))
    assert quota.now.most() == 100
    monkeypatch.setattr(quota, "SHARE", 0)
    assert quota.now.most() == 0


def test_a_full_room_is_told_and_sampling_goes_on(lab, client, monkeypatch):
    monkeypatch.setattr(limits, "MAX_STORED_BYTES", {False: 0})
    refused = httpx.post(f"{lab}{UPLOAD}", files={"files": ("a.png", b"x")}, headers={"accept-language": "zh"})
    assert refused.status_code == 503 and "请过几分钟再试" in refused.json()["detail"]
    with pytest.raises(Exception, match="Too much was uploaded"):
        client.predict("fashion-mnist-gan", count=1, api_name="/sample")
    monkeypatch.undo()
    assert httpx.post(f"{lab}{UPLOAD}", files={"files": ("a.png", b"x")}).status_code == 200


def test_an_upload_has_its_number_of_files(lab):
    many = [("files", (f"{index}.png", b"x")) for index in range(1001)]
    refused = httpx.post(f"{lab}{UPLOAD}", files=many, timeout=30)
    assert refused.status_code == 400 and "1000" in refused.text
    assert not list(uploads.folder().glob("tmp*")), "files of a refused upload stay behind"


@pytest.mark.parametrize("route", ["run", "api"])
def test_the_queue_can_not_be_passed_by(lab, route):
    for body in ({"data": []}, {"data": [], "fn_index": 0}):
        answer = httpx.post(f"{lab}gradio_api/{route}/models", json=body)
        assert answer.status_code == 404 and "join the queue" in answer.text


def test_a_burst_through_every_route_runs_no_more_at_once_than_may_and_the_rest_are_told(blocks, lab, monkeypatch):
    running, seen = [], []

    def slow(*_):
        running.append(1)
        seen.append(len(running))
        time.sleep(0.02)
        running.pop()
        raise GenClassError("bad_recipe", field="slow")

    monkeypatch.setattr("genclass.ui.common.render.prepare", slow)
    assert limits.MOST_WAITING["light"].everyone == 200
    monkeypatch.setattr(limits, "MOST_WAITING", {"light": limits.Waiting(10, 10, 10)})
    monkeypatch.setattr(crowd, "PATIENCE", 0)
    number = next(event._id for event in blocks.fns.values() if event.api_name == "sample")
    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        answers = pool.submit(asyncio.run, burst(lab, ways(number))).result()
    assert max(seen) == 2
    statuses = [answer.status_code for answer in answers]
    assert len(statuses) == 200 and set(statuses) == {200, 429} and statuses.count(200) >= 10
    assert {answer.json()["detail"] for answer in answers if answer.status_code == 429} == {
        "现在等待回答的人太多了。请过几秒再试。"
    }


def ways(number):
    """For each of 200 questions (route, body, where its answer is told), through all routes by turns."""
    data = ["fashion-mnist-gan", None, 0, 1, 1.0, {}, None, "stored"]
    for index in range(200):
        session = f"burst-{index}"
        yield (
            ("call/sample", {"data": data}, "call/sample/{event_id}"),
            ("call/v2/sample", {"model": "fashion-mnist-gan"}, "call/v2/sample/{event_id}"),
            ("queue/join", {"data": data, "fn_index": number, "session_hash": session},
             f"queue/data?session_hash={session}"),
        )[index % 3]  # fmt: skip


async def burst(lab, questions):
    """Answers to questions that are asked at once; when it returns, those that were let in have been answered."""
    questions = list(questions)
    async with httpx.AsyncClient(timeout=60, base_url=f"{lab}gradio_api/", headers={"referer": f"{lab}zh"}) as client:
        answers = await asyncio.gather(*[client.post(route, json=body) for route, body, _ in questions])
        told = [where.format(**answer.json()) for answer, (_, _, where) in zip(answers, questions) if answer.is_success]
        ends = await asyncio.gather(*[client.get(where) for where in told])
    assert all("slow" in end.text for end in ends)
    return answers
