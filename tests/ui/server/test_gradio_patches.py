"""What the page changes in Gradio, or needs of its insides, still works and is still needed."""

import asyncio
import inspect
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from gradio import processing_utils, utils
from gradio.context import LocalContext
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Queue
from gradio.routes import App
from gradio.server_messages import LogMessage, ProcessCompletedMessage
from gradio.state_holder import SessionState, StateHolder
from starlette.requests import Request

from genclass.ui.layout import VISITORS
from genclass.ui.server import gradio_patches, own_files
from genclass.ui.server.connections import Connection
from genclass.ui.words import LANGUAGES

CALL = "gradio_api/call/sample"


def changed(what):
    return f"Gradio changed {what}: see genclass/ui/server/gradio_patches.py"


def needless(part, why):
    return f"Gradio changed: it {why}, so that {part} of genclass/ui/server/gradio_patches.py can go"


@pytest.mark.parametrize(
    "owner, name",
    [
        (App, "create_app"),
        (App, "get_blocks"),
        (LocalContext, "request"),
        (StateHolder, "set_blocks"),
        (SessionState, "_update_config"),
        (SessionState, "_update_value_in_config"),
        (gr.Blocks, "validate_inputs"),
        (Queue, "push"),
        (utils, "diff"),
        (Queue, "send_message"),
        (Queue, "remove_from_queue"),
    ],
)
def test_what_is_replaced_or_called_is_there(owner, name):
    assert hasattr(owner, name), changed(f"{owner.__name__}.{name}, which is gone")


def stubs_opened(module):
    counts = "sys.addaudithook(lambda event, given: event == 'open' and print(given[0]))"
    words = [sys.executable, "-c", f"import sys; {counts}; import {module}"]
    opened = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    assert any("gradio" in path for path in opened)  # or nothing is counted
    return [path for path in opened if path.endswith(".pyi")]


def test_gradio_is_imported_without_going_through_its_type_stubs():
    assert stubs_opened("genclass.ui") == [], changed("how it finds its type stubs, by inspect.getfile")
    assert stubs_opened("gradio"), needless("what replaces inspect.getfile", "leaves its type stubs alone")


def told_of_the_second(reports):
    with gradio_patches.without_servers(), gr.Blocks(analytics_enabled=False) as demo:
        button = gr.Button()
        button.click(lambda: None, None, button)
    for report in reports:
        told = demo.handle_streaming_diffs(demo.fns[0], [report], "session", "run", False)
    return told


def test_what_a_report_tells_of_a_component_does_not_change_what_the_one_before_told(monkeypatch):
    both = gr.update(interactive=True), gr.update()
    assert told_of_the_second(both) == [[["replace", [], both[1]]]], changed("how reports are told, by utils.diff")
    assert told_of_the_second(["a", "ab"]) == [[["append", [], "b"]]]  # what is text still takes no more than it must
    monkeypatch.setattr(utils, "diff", gradio_patches._difference)
    assert told_of_the_second(both) == [[["delete", ["interactive"], None]]], needless("_whole", "tells updates whole")


def test_no_server_is_made_while_a_page_is_built(monkeypatch):
    made = []
    monkeypatch.setattr(App, "create_app", lambda *_, **__: made.append(1))
    with gradio_patches.without_servers(), gr.Blocks(analytics_enabled=False) as demo:
        demo.queue()
    assert not made, changed("where a page's server is made: it was App.create_app")
    with gr.Blocks(analytics_enabled=False) as demo:
        demo.queue()
    assert made, needless("without_servers", "makes no server while a page is built")


def test_connections_are_watched(blocks):
    config, where = blocks.server.config, "where it makes its server: uvicorn.Config in http_server.start_server"
    assert config.http_protocol_class is Connection and config.backlog <= 200, changed(where)


def test_words_are_looked_up_for_who_asks(lab):
    event = httpx.post(f"{lab}{CALL}", json={"data": ["nothing"]}, headers={"referer": f"{lab}zh"}).json()["event_id"]
    told = httpx.get(f"{lab}{CALL}/{event}", timeout=60).text
    sentence = LANGUAGES["zh"].errors["unknown_model"].partition("{")[0]
    answer = json.loads(told.partition("data: ")[2].partition("\n")[0])
    assert sentence in answer["error"], changed("LocalContext.request, which told who asks")
    assert gradio_patches.asker() is None


@pytest.mark.parametrize("name", ["get", "__dict__"])
def test_a_cookie_by_the_name_of_a_method_is_a_cookie(lab, name):
    headers = {"cookie": f"{name}=1; genclass-language=zh"}
    event = httpx.post(f"{lab}{CALL}", json={"data": ["nothing"]}, headers=headers).json()["event_id"]
    told = json.loads(httpx.get(f"{lab}{CALL}/{event}", timeout=60).text.partition("data: ")[2].partition("\n")[0])
    assert LANGUAGES["zh"].errors["unknown_model"].partition("{")[0] in told["error"]
    asked = gr.Request(Request({"type": "http", "headers": [(b"cookie", headers["cookie"].encode())]}))
    with pytest.raises(TypeError):  # or ``cookies_of`` is needless
        asked.cookies.get("genclass-language")


MARKUP = "There is no 'a' & no \"b\": <img src=//elsewhere/x.png>."
AS_TEXT = "There is no 'a' &amp; no \"b\": &lt;img src=//elsewhere/x.png&gt;."


@pytest.mark.parametrize("visibility, told", [("private", AS_TEXT), ("public", MARKUP)])
def test_what_a_toast_tells_is_text(visibility, told):
    """And what a call of the web API is told stays as it is."""
    sent, queue = [], SimpleNamespace(send_message=lambda event, message: sent.append(message))
    gradio_patches.tell_text(SimpleNamespace(_queue=queue))
    event = SimpleNamespace(fn=SimpleNamespace(api_visibility=visibility))
    queue.send_message(event, LogMessage(log=MARKUP, level="warning", title=""))
    queue.send_message(event, ProcessCompletedMessage(output={"error": MARKUP, "duration": 8}, success=False))
    queue.send_message(event, ProcessCompletedMessage(output={"data": [MARKUP]}, success=True))
    assert [sent[0].log, sent[1].output["error"], sent[2].output["data"]] == [told, told, [MARKUP]]


def test_a_link_with_markup_in_it_is_told_as_text(blocks, lab):
    opening = call_of(blocks, "recipe_of_page")
    query = {"model": "fashion-mnist-gan", "class": "<img src=//elsewhere/x.png>&'"}
    body = {"fn_index": opening._id, "session_hash": "linked", "data": []}
    httpx.post(f"{lab}gradio_api/queue/join", params=query, json=body).raise_for_status()
    with httpx.stream("GET", f"{lab}gradio_api/queue/data?session_hash=linked", timeout=60) as stream:
        told = next(json.loads(line[6:])["log"] for line in stream.iter_lines() if '"log"' in line)
    assert "&lt;img src=//elsewhere/x.png&gt;&amp;'" in told and "<" not in told


def test_where_the_page_is_known_to_be_is_told(blocks):
    assert gradio_patches.addresses(blocks.app) == ("", None), changed("Blocks.root_path or Blocks.share_url")


def test_a_visitor_takes_no_copy_of_the_page(blocks, client):
    client.predict("fashion-mnist-gan", count=2, api_name="/sample")
    kept = blocks.state_holder.session_data[client.session_hash]
    assert isinstance(kept, gradio_patches.Session), changed("App.state_holder, which kept the sessions")
    assert not kept.config_values and not kept.state_data, changed("SessionState, which copies the page again")
    assert SessionState(blocks).config_values, needless("Session", "copies no page for a visitor")


def test_those_who_came_longest_ago_are_forgotten(blocks):
    assert blocks.state_holder.capacity == VISITORS
    holder = gradio_patches.Sessions()
    holder.set_blocks(SimpleNamespace(default_config=blocks.default_config, state_session_capacity=2))
    for name in ("first", "second", "first", "third"):
        assert holder[name] is holder[name]
    kept = list(holder.session_data), list(holder.time_last_used)
    assert kept == (["first", "third"], ["first", "third"]), changed("StateHolder, which kept the newest sessions")


def test_of_who_was_answered_the_queue_keeps_nothing(blocks, lab):
    assert isinstance(blocks._queue, Queue), changed("Blocks._queue")
    body = {"data": ["fashion-mnist-gan", None, 0, 1, 1.0, {}, None]}
    event = httpx.post(f"{lab}{CALL}", json=body).json()["event_id"]
    waiting = blocks._queue.pending_event_ids_session
    gradio_patches.forget_answered(blocks)
    assert waiting.get(event) == {event}, changed("Queue.pending_event_ids_session")
    httpx.get(f"{lab}{CALL}/{event}", timeout=60)
    assert waiting.get(event) == set(), needless("forget_answered", "forgets those who were answered")
    gradio_patches.forget_answered(blocks)
    assert event not in waiting and all(waiting.values())


def pushed(body):
    """What a queue of Gradio's own says to an event."""
    with gradio_patches.without_servers(), gr.Blocks(analytics_enabled=False) as demo:
        gr.Button("").click(lambda: None, api_name="one")
        demo.queue()
    demo.state_holder = StateHolder()
    demo.state_holder.set_blocks(demo)
    body = PredictBodyInternal(data=[], **body)
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, demo._queue.push(body, None, None)), demo._queue


def test_gradio_bounds_no_visitor_and_answers_in_order_of_arrival():
    asked, queue = pushed({"fn_index": 0, "session_hash": "one"})
    assert asked.result()[0], changed("Queue.push, which answered (success, event, state)")
    [line] = queue.event_queue_per_concurrency_id.values()
    assert [event.session_hash for event in line.queue] == ["one"], changed("EventQueue.queue, the events that wait")
    assert asked.result()[1] in queue.event_ids_to_events, changed("Queue.event_ids_to_events")
    assert "one" in queue.pending_messages_per_session, changed("Queue.pending_messages_per_session")
    assert not {"per_user", "max_per_session"} & set(inspect.signature(gr.Blocks.queue).parameters), needless(
        "Lines", "bounds each visitor"
    )


def test_gradio_has_no_answer_to_a_function_that_is_not_there():
    asked, _ = pushed({"fn_index": -1, "session_hash": "one"})
    assert isinstance(asked.exception(), KeyError), needless("Lines._line", "says that there is no such function")


def test_gradio_forgets_files_that_are_deleted(blocks, lab):
    """A file that Gradio goes on remembering would be a leak of memory."""
    [path] = httpx.post(f"{lab}gradio_api/upload", files={"files": ("a.png", b"x")}).json()
    remembered = lambda: path in {str(known) for files in blocks.temp_file_sets for known in files}
    assert remembered(), changed("Blocks.temp_file_sets, where it remembered uploads")
    gradio_patches.forget_files(blocks, {path})
    assert not remembered()


def test_files_that_the_page_was_built_with_are_known():
    with gradio_patches.without_servers(), gr.Blocks(analytics_enabled=False) as demo:
        picture = gr.Image(gradio_patches.__file__.replace("gradio_patches.py", "__init__.py"), type="filepath")
    assert picture.value and gradio_patches.built_files(demo), changed("Component.keep_in_cache")


def call_of(blocks, name):
    return next((call for call in blocks.fns.values() if call.api_name == name), None)


def test_gradio_opens_files_before_a_handler_sees_them(blocks):
    """And so the page takes out what was not uploaded before Gradio sees it: see test_bad_input."""
    asked = [{"path": "/not/uploaded.png", "meta": {"_type": "gradio.FileData"}}, "abc-airnet", 1]

    async def prepare():
        LocalContext.blocks.set(blocks)
        await blocks.preprocess_data(call_of(blocks, "classify"), asked, None)

    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        fault = pool.submit(asyncio.run, prepare()).exception()
    assert "/not/uploaded.png" in str(fault), needless("OwnFilesOnly", "leaves files to the handler")


def test_files_of_an_event_are_checked_beside_the_event_loop(blocks, lab, monkeypatch):
    [path] = httpx.post(f"{lab}gradio_api/upload", files={"files": ("a.png", b"x")}).json()
    file, threads = {"path": path, "meta": {"_type": "gradio.FileData"}}, []
    monkeypatch.setattr(processing_utils, "_check_allowed", lambda *_, **__: threads.append(threading.get_ident()))

    async def prepare():
        LocalContext.blocks.set(blocks)
        await blocks.preprocess_data(call_of(blocks, "classify"), [[file] * 20, "abc-airnet", 1], None)
        await gradio_patches._move_files([file], call_of(blocks, "classify").inputs[0], check_in_upload_folder=True)
        return threading.get_ident()

    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        here = pool.submit(asyncio.run, prepare()).result()
    assert here != threads[0], changed("how it checks files: processing_utils.async_move_files_to_cache")
    assert here == threads[-1], needless("_move_files_beside", "checks files beside the event loop")


def test_a_few_values_do_not_wait_behind_the_files_of_others(monkeypatch):
    monkeypatch.setattr(gradio_patches, "_moving", None)  # where they would wait
    sliders = {f"d{index}": [float(index), None] for index in range(8)}

    moved = processing_utils.async_move_files_to_cache(sliders, gr.JSON(render=False))

    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        assert pool.submit(asyncio.run, moved).result() == sliders


def test_gradio_wants_every_value_of_a_call_by_position(blocks):
    """And so the page completes it: see test_a_raw_call_may_end_early."""
    try:
        blocks.validate_inputs(call_of(blocks, "sample"), ["plain-gan"])
    except ValueError:
        return
    pytest.fail(needless("what fills in defaults", "knows the defaults of a call by position"))


def test_a_file_nested_deep_is_not_let_through():
    deep = b"[" * 600 + b'{"path": "http://x", "meta": {}}' + b"]" * 600
    assert b"http" not in own_files._checked(deep, lambda sent: sent)
