"""What every event has in common: errors become sentences, inputs arrive raw, names stay private."""

import contextlib
import functools
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from genclass.errors import GenClassError, check_number
from genclass.ui.common import html, text

log = logging.getLogger("genclass.page")
# Values arrive as the browser sent them: our own checks judge them, not Gradio's, which let NaN and `true` through.
RAW = {"preprocess": False, "api_visibility": "private"}
# No progress is shown, nor told to what an event fills: the browser keeps a state of progress for each component that
# was ever told of it, and goes through all of them several times in every event: 100 ms with every slider among them.
HIDDEN: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": []}
LIVE = {**RAW, "trigger_mode": "always_last", **HIDDEN}
WATCH = {"api_visibility": "private", **HIDDEN}
# Events of one resource wait for each other.
NETWORKS = {"concurrency_id": "networks", "concurrency_limit": 2}
LOOKS = {"concurrency_id": "looks", "concurrency_limit": 16}  # these share batches: see micro_batch.py
AFTER = {"concurrency_id": "after", "concurrency_limit": 2}  # what may come later than the live picture
SEARCHES = {"concurrency_id": "searches", "concurrency_limit": 2}
RUNS = {"concurrency_id": "runs", "concurrency_limit": 4}
STARTS = {"concurrency_id": "starts", "concurrency_limit": 1}
MEASURES = {"concurrency_id": "measures", "concurrency_limit": 1}


def safely(handler):
    """Show what went wrong as a sentence; a fault of ours goes to the server's log, never to the visitor."""

    @functools.wraps(handler)
    def handled(*args, **kwargs):
        with _told(handler):
            return handler(*args, **kwargs)

    return handled


def safely_each(handler):
    """``safely`` for a handler that yields."""

    @functools.wraps(handler)
    def handled(*args, **kwargs):
        with _told(handler):
            yield from handler(*args, **kwargs)

    return handled


@contextlib.contextmanager
def _told(handler):
    try:
        yield
    except GenClassError as error:
        raise sorry(text.sentence(error)) from None
    except gr.Error:
        raise
    except Exception:
        log.exception("%s failed", handler.__name__)
        raise sorry(text.say("server_error")) from None


def answers(handler: Callable[..., Any], parts: Mapping[str, Component]) -> dict[str, Any]:
    """``fn`` and ``outputs`` of an event whose handler answers by name.

    Args:
        handler: returns, or yields, a dict of values by names of ``parts``; what it leaves out stays as it is.
        parts: the components that it may fill.
    """
    by_component = lambda found: {parts[name]: value for name, value in found.items()}
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def filled(*args, **kwargs):
            yield from map(by_component, handler(*args, **kwargs))
    else:

        @functools.wraps(handler)
        def filled(*args, **kwargs):
            return by_component(handler(*args, **kwargs))

    return {"fn": filled, "outputs": list(parts.values())}


def detail(event: gr.EventData, name: str) -> Any:
    """What the browser says of an event beside its inputs: anything, or None.

    Args:
        event: a ``gr.EventData``; what a visitor sends in its place need not be a dict.
    """
    with contextlib.suppress(TypeError):
        return getattr(event, name, None)
    return None


def given(part, *beside):
    """Inputs and ``js`` of an event: what ``part``'s script put into ``genclass.given`` last, and values ``beside`` it.

    An event's own data would not do: one that waited for another (``LIVE``) repeats the data of that in Gradio.

    Args:
        part: a ``gr.HTML``.
    """
    return {"inputs": [part, *beside], "js": f"(_, ...beside) => [genclass.given['{part.elem_id}'], ...beside]"}


def at(found, index):
    """The entry of a list that a ``gr.Dataset`` names.

    Raises:
        GenClassError: ``not_a_number``, ``not_whole`` or ``out_of_range``.
    """
    return found[check_number("example", index, 0, len(found) - 1, whole=True)]


def by_hand(part):
    """The listener of what a visitor does to a component.

    Gradio's dropdown tells of ``input`` whenever it is left, and so of a choice twice. ``page.js`` sees to it that a
    choice made by the keyboard is one.
    """
    return part.select if isinstance(part, gr.Dropdown) and not part.multiselect else part.input


def sorry(message):
    """An error that the page shows as a plain sentence for a few seconds."""
    return gr.Error(message, duration=8, print_exception=False)


def nothing_to_do():
    """An end without a word: what would follow on success is left out."""
    return gr.Error("", visible=False, print_exception=False)


def searches(go, stop, bar, key="stopped", **event):
    """Run a long ``event`` at a press of ``go``; while it runs, ``stop`` cancels it, and ``bar`` says so by ``key``.

    Said by an event of its own that comes after: a last report that was on its way does not overwrite it.

    Returns:
        The event, for what follows it.
    """
    go.click(None, None, stop, js=interactive("true"), **WATCH)  # first: Gradio runs a press's events one by one
    going = go.click(**{**HIDDEN, **RAW, **SEARCHES, **event})
    going.then(None, None, stop, js=interactive("false"), **WATCH)
    stopped = stop.click(None, None, None, cancels=[going], api_visibility="private")
    stopped.then(lambda: html.note(text.say(key)), None, bar, **WATCH)
    return going


def interactive(value):
    """``js`` of an event: whether its one output, a component, can be used: ``"true"`` or ``"false"``."""
    return f"() => ({{__type__: 'update', interactive: {value}}})"
