"""The page's handlers: what they show, what they remember, what they say."""

import re
from pathlib import Path

import gradio as gr
import httpx
import pytest

from genclass.errors import MESSAGES
from genclass.ui import static
from genclass.ui.common import events, text


def test_every_error_has_a_sentence_on_the_page():
    assert text.sentence({"code": "unknown_run", "values": {}, "message": ""}) == MESSAGES["unknown_run"]
    assert text.sentence({"code": "from a later version", "values": {}, "message": "As told."}) == "As told."


def test_every_control_has_an_id(lab):
    components = httpx.get(f"{lab}config").json()["components"]
    layout = {"row", "column", "tabs", "form", "group", "state", "timer", "browserstate", "api", "tabitem"}
    assert [c["type"] for c in components if c["type"] not in layout and not c["props"].get("elem_id")] == []


def test_events_that_show_no_progress_tell_none_to_what_they_fill(blocks):
    private = [event for event in blocks.fns.values() if event.api_visibility == "private"]
    hidden = [event for event in private if event.show_progress == "hidden"]
    assert hidden and [event.name for event in hidden if event.show_progress_on != []] == []


@pytest.mark.parametrize("sent", [{"name": 3}, {}, None, 5, "name", ["name"], "a name"])
def test_what_the_browser_says_of_an_event_may_be_anything(sent):
    assert events.detail(gr.EventData(None, sent), "name") == (3 if sent == {"name": 3} else None)


def test_no_rule_of_style_asks_for_one_of_several_things_inside():
    """Gradio puts the page's own selector before what follows a comma: inside ``:has`` nothing fits that any more."""
    rules = {path.name: path.read_text("utf-8") for path in Path(static.__file__).parent.glob("*.css")}
    assert rules and [name for name, rule in rules.items() if re.search(r":has\([^()]*,", rule)] == []
