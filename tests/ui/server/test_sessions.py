"""What the server keeps of its visitors."""

from types import SimpleNamespace

import httpx

from genclass.ui.layout import VISITORS
from genclass.ui.server import gradio_patches


def test_a_visitor_takes_no_copy_of_the_page(blocks, client):
    client.predict("fashion-mnist-gan", count=2, api_name="/sample")
    kept = blocks.state_holder.session_data[client.session_hash]
    assert isinstance(kept, gradio_patches.Session) and not kept.config_values and not kept.state_data


def test_those_who_came_longest_ago_are_forgotten(blocks):
    assert blocks.state_holder.capacity == VISITORS
    holder = gradio_patches.Sessions()
    holder.set_blocks(SimpleNamespace(default_config=blocks.default_config, state_session_capacity=2))
    for name in ("first", "second", "first", "third"):
        assert holder[name] is holder[name]
    assert list(holder.session_data) == ["first", "third"] == list(holder.time_last_used)


def test_of_who_was_answered_the_queue_keeps_nothing(blocks, lab):
    body = {"data": ["fashion-mnist-gan", None, 0, 1, 1.0, {}, None]}
    event = httpx.post(f"{lab}gradio_api/call/sample", json=body).json()["event_id"]
    waiting = blocks._queue.pending_event_ids_session
    gradio_patches.forget(blocks._queue)
    assert waiting[event] == {event}
    httpx.get(f"{lab}gradio_api/call/sample/{event}", timeout=60)
    gradio_patches.forget(blocks._queue)
    assert event not in waiting and all(waiting.values())
