"""What every event has in common: errors become sentences, inputs arrive raw, handlers answer by name."""

import contextlib
import functools
import inspect
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeAlias, TypeVar

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component
from gradio.events import Dependency

from genclass.errors import GenClassError, check_number
from genclass.ui.common import html, text

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Event = dict[str, Any]  # keyword arguments of an event
# What a name stands for: a component, several of a kind, or a panel's parts by their own names.
Part: TypeAlias = "Block | Sequence[Block] | Mapping[str, Part]"
Parts = Mapping[str, Part]

log = logging.getLogger("genclass.page")
# Values arrive as the browser sent them: our own checks judge them, not Gradio's, which let NaN and `true` through.
RAW: Event = {"preprocess": False, "api_visibility": "private"}
# No progress is shown, nor told to what an event fills: the browser keeps a state of progress for each component that
# was ever told of it, and goes through all of them several times in every event: 100 ms with every slider among them.
HIDDEN: Event = {"show_progress": "hidden", "show_progress_on": []}
LIVE: Event = {**RAW, "trigger_mode": "always_last", **HIDDEN}
WATCH: Event = {"api_visibility": "private", **HIDDEN}
# Events of one resource wait for each other.
NETWORKS: Event = {"concurrency_id": "networks", "concurrency_limit": 2}
CLASSIFIERS: Event = {"concurrency_id": "classifiers", "concurrency_limit": 16}  # they share batches
AFTER: Event = {"concurrency_id": "after", "concurrency_limit": 2}  # what may come later than the live picture
SEARCHES: Event = {"concurrency_id": "searches", "concurrency_limit": 2}
RUNS: Event = {"concurrency_id": "runs", "concurrency_limit": 4}
STARTS: Event = {"concurrency_id": "starts", "concurrency_limit": 1}
MEASURES: Event = {"concurrency_id": "measures", "concurrency_limit": 1}
NEAREST: Event = {"concurrency_id": "nearest", "concurrency_limit": 1}
# Resources whose events may take seconds: they wait in places of their own, so that the others always get in.
HEAVY = ("searches", "starts", "measures", "times", "drafts", "models", "nearest", "pages")


def safely(handler: Callable[P, R]) -> Callable[P, R]:
    """Show what went wrong as a sentence; a fault of ours goes to the server's log, never to the visitor."""

    @functools.wraps(handler)
    def handled(*args: P.args, **kwargs: P.kwargs) -> R:
        with _errors_as_sentences(handler.__name__):
            return handler(*args, **kwargs)

    return handled


def safely_each(handler: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """``safely`` for a handler that yields."""

    @functools.wraps(handler)
    def handled(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        with _errors_as_sentences(handler.__name__):
            yield from handler(*args, **kwargs)

    return handled


@contextlib.contextmanager
def _errors_as_sentences(name: str) -> Iterator[None]:
    try:
        yield
    except GenClassError as error:
        raise sorry(text.sentence(error)) from None
    except gr.Error:
        raise
    except Exception:
        log.exception("%s failed", name)
        raise sorry(text.say("server_error")) from None


def answers(handler: Callable[..., Any], parts: Parts) -> Event:
    """``fn`` and ``outputs`` of an event whose handler answers by name.

    ``button.click(**answers(handle, {"picture": panel.picture}), inputs=panel.seed, **RAW)``

    Args:
        handler: returns, or yields, a dict of values by the names of ``parts``; what it leaves out stays as it is.
        parts: the components that it may fill, by name. A name may also stand for a list of components, for which the
            handler gives a list as long, or for the parts of a panel, for which it gives a dict by their names (see
            ``parts_of``).
    """
    filled = lambda values: by_component(parts, values) or gr.skip()
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def answer(*args: Any, **kwargs: Any) -> Any:
            yield from map(filled, handler(*args, **kwargs))
    else:

        @functools.wraps(handler)
        def answer(*args: Any, **kwargs: Any) -> Any:
            return filled(handler(*args, **kwargs))

    return {"fn": answer, "outputs": list(_components(parts))}


def parts_of(panel: object, *names: str) -> dict[str, Any]:
    """Some components of a panel, by the names of its fields: parts for ``answers``."""
    return {name: getattr(panel, name) for name in names}


def by_component(parts: Parts, values: Mapping[str, Any]) -> dict[Block, Any]:
    """What a handler answered by name, as Gradio takes it: values by component.

    Raises:
        KeyError: for a name that is not in ``parts``.
        ValueError: for a list of another length than its components.
    """
    found: dict[Block, Any] = {}
    for name, value in values.items():
        part = parts[name]
        if isinstance(part, Block):
            found[part] = value
        else:
            found |= by_component(part, value) if isinstance(part, Mapping) else dict(zip(part, value, strict=True))
    return found


def _components(parts: Parts) -> Iterator[Block]:
    for part in parts.values():
        if isinstance(part, Block):
            yield part
        else:
            yield from _components(part) if isinstance(part, Mapping) else part


def detail(event: gr.EventData, name: str) -> Any:
    """What the browser says of an event beside its inputs: anything, or None.

    Args:
        event: what a visitor sends in its place need not be a dict.
    """
    with contextlib.suppress(TypeError):
        return getattr(event, name, None)
    return None


def from_script(part: gr.HTML, *beside: Component) -> Event:
    """Inputs and ``js`` of an event: what the script of ``part`` put into ``genclass.given`` last, then ``beside``.

    An event's own data would not do: one that waited for another (``LIVE``) repeats the data of that in Gradio.
    """
    return {"inputs": [part, *beside], "js": f"(_, ...beside) => [genclass.given['{part.elem_id}'], ...beside]"}


def tell_script(part: gr.HTML, **events: Dependency) -> None:
    """Tell the script of ``part`` how each of these events ended: ``genclass.heard[id](name, whether well)``."""
    for name, event in events.items():
        for ended, well in ((event.success, "true"), (event.failure, "false")):
            ended(None, None, None, js=f"() => {{ genclass.heard['{part.elem_id}']('{name}', {well}); }}", **WATCH)


def chosen_example(examples: Sequence[T], index: object) -> T:
    """The example that a press on a ``gr.Dataset`` names by its index.

    Raises:
        GenClassError: ``not_a_number``, ``not_whole`` or ``out_of_range``.
    """
    return examples[int(check_number("example", index, 0, len(examples) - 1, whole=True))]


def user_input(part: Component) -> Callable[..., Dependency]:
    """The listener of what a visitor does to a component, not of what the page sets.

    Gradio's dropdown tells of ``input`` whenever it is left, and so of a choice twice. ``page.js`` sees to it that a
    choice made by the keyboard is one.
    """
    chooses = isinstance(part, gr.Dropdown) and not part.multiselect
    return getattr(part, "select" if chooses else "input")  # Gradio makes listeners when a component's class is made


def sorry(message: str) -> gr.Error:
    """An error that the page shows as a plain sentence for a few seconds."""
    return gr.Error(message, duration=8, print_exception=False)


def nothing_to_do() -> gr.Error:
    """An error that ends an event without a word: what would follow on success is left out."""
    return gr.Error("", visible=False, print_exception=False)


def stoppable(go: gr.Button, stop: gr.Button, bar: gr.HTML, key: str = "stopped", first: str = "",
              **event: Any) -> Dependency:  # fmt: skip
    """Run a long ``event`` at a press of ``go``; while it runs, ``stop`` cancels it, and ``bar`` says so by ``key``.

    Said by an event of its own that comes after: a last report that was on its way does not overwrite it. That it
    begins is said by the browser itself: the event may have to wait for others.

    Args:
        first: JavaScript that the press runs at once.
        event: its handler yields reports.

    Returns:
        The event, for what follows it.
    """
    begun = html.note(text.say("begun"))
    # First: Gradio runs a press's events one by one.
    go.click(None, None, bar, js=f"() => {{ {first} return {json.dumps(begun)}; }}", **WATCH)
    going = go.click(**{**HIDDEN, **RAW, **SEARCHES, **_enabling(stop, **event)})
    going.then(None, None, stop, js=interactive("false"), **WATCH)
    going.failure(None, bar, bar, js=f"said => said === {json.dumps(begun)} ? '' : said", **WATCH)
    stopped = stop.click(None, None, None, cancels=[going], api_visibility="private")
    say = lambda hushed: "" if hushed is True else html.note(text.say(key))
    stopped.then(say, bar, bar, js="() => genclass.hushed()", **RAW, **HIDDEN)
    return going


def _enabling(stop: gr.Button, fn: Callable[..., Iterator[Any]], outputs: Any, **event: Any) -> Event:
    """``event``, whose first report lets ``stop`` be pressed: Gradio's front end cancels only what has answered."""
    parts = outputs if isinstance(outputs, list) else [outputs]

    @functools.wraps(fn)
    def enabling(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for number, report in enumerate(fn(*args, **kwargs)):
            told = report if isinstance(outputs, list) else {outputs: report}
            yield told if number else {**told, stop: gr.update(interactive=True)}

    return {"fn": enabling, "outputs": [*parts, stop], **event}


def dims(mark: str) -> str:
    """``js`` of an event: what a style knows by ``mark`` on the body is of something else, and is dimmed."""
    return f"() => {{ document.body.classList.add('{mark}'); }}"


def undims(mark: str) -> str:
    """``js`` of an event: the end of what ``dims`` began."""
    return f"() => {{ document.body.classList.remove('{mark}'); }}"


def interactive(value: str) -> str:
    """``js`` of an event: whether its one output, a component, can be used: ``"true"`` or ``"false"``."""
    return f"() => ({{__type__: 'update', interactive: {value}}})"
