"""What this page allows: everything to its owner, little to strangers (``--public``), perhaps no training at all.

Set once, before the page is built, like any flag of the command line.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from genclass.data import catalog, sources
from genclass.errors import GenClassError, check_number
from genclass.files import sizes
from genclass.jobs import bundle, prewarm, runs
from genclass.train import footprint
from genclass.train.machine import Shape
from genclass.train.run.layout import LIVE, Owner
from genclass.train.settings import MAX_MINUTES, Request

# For everyone; of two values the first is for one's own page, the second for a public one.
MAX_UPLOAD_SIZE = {False: "200mb", True: "20mb"}  # of a file
MAX_REQUEST_BYTES = {False: 1_000_000_000, True: 100_000_000}  # of all files of one request
MAX_MODEL_BYTES = {False: bundle.MOST_BYTES, True: 40_000_000}  # of a model that is brought: all that is trained here
MAX_EVENT_BYTES = 2_000_000  # of an event: 2,000 images to be classified, with names as long as names may be
MAX_EVENT_VALUES = 40_000  # in it
MAX_WORD_BYTES = 20_000  # of any other request: a login, a sign that an event is to be stopped
MAX_HELD_BYTES = 32_000_000  # of the events of one address that are being read
MAX_STORED_BYTES = {False: 8_000_000_000, True: 2_000_000_000}  # of all uploads and pictures together: see quota.py
LEAST_MINUTES = 0.05


class Waiting(NamedTuple):
    """How many events may wait: of a tab or a client, of an address, and in all."""

    session: int
    visitor: int
    everyone: int


# A page sends the next event of a control when the last is answered; an address may be that of a whole class.
MOST_WAITING = {"light": Waiting(10, 60, 200), "heavy": Waiting(10, 20, 60)}
# For strangers alone, of whom each may train as much as this.
PUBLIC_MINUTES = 10  # a run
PUBLIC_RUNS = 5
PUBLIC_SIZES = {"batch": 256, "width": 64, "discriminator_width": 128, "z_dim": 256}  # at most, by setting
PUBLIC_MEMORY = 2_500_000_000  # bytes, a run


@dataclass
class Limits:
    """What the page that is served allows, by the flags of the command line.

    Attributes:
        public: strangers are let in: each sees only runs whose id the browser keeps, and may do little.
        train: whether runs can be started.
        embedders: origins whose pages may show this one in a frame.
        launch: has the folders of runs trained, here or on a cluster.
    """

    public: bool = False
    train: bool = True
    embedders: tuple[str, ...] = ()
    launch: runs.Launcher = prewarm.train


now = Limits()


def check_training() -> None:
    """Raises:
    GenClassError: ``no_training`` where the page is not for that.
    """
    if not now.train:
        raise GenClassError("no_training")


def check_start(request: Request, owner: Owner | None) -> None:
    """Whether a visitor may start this.

    Args:
        owner: as ``visitors.owner`` gave it.

    Raises:
        GenClassError: ``no_training``, ``public_minutes``, ``public_size``, ``not_at_hand``, ``public_runs`` or
            ``public_waiting``.
    """
    check_training()
    if not now.public:
        return
    row = catalog.find(request.data)
    if row is not None and not sources.is_at_hand(row):  # a stranger has nothing downloaded here
        raise GenClassError("not_at_hand", name=row.name)
    if request.minutes is None or request.minutes > PUBLIC_MINUTES:
        raise GenClassError("public_minutes", most=PUBLIC_MINUTES)
    for field, most in PUBLIC_SIZES.items():
        if request.overrides.get(field, 0) > most:
            raise GenClassError("public_size", field=field, most=most)
    _check_count(owner)
    _check_live(owner)


def check_memory(request: Request, shape: Shape, images: int) -> None:
    """Whether a visitor may start this on so many images.

    Raises:
        GenClassError: ``public_memory``.
    """
    taken = footprint.memory(request, shape, images) if now.public else None
    if taken is not None and taken > PUBLIC_MEMORY:
        raise GenClassError("public_memory", most=sizes.in_words(PUBLIC_MEMORY), memory=sizes.in_words(taken))


def check_bring(owner: Owner | None) -> None:
    """Whether a visitor may bring one more model.

    Raises:
        GenClassError: ``no_training`` or ``public_runs``.
    """
    check_training()
    if now.public:
        _check_count(owner)


def check_resume(run_id: Any, minutes: Any, owner: Owner | None) -> None:
    """Whether a visitor may let a run go on, by ``minutes`` more or None.

    Raises:
        GenClassError: ``no_training``, ``not_a_number``, ``out_of_range``, ``unknown_run``, ``public_minutes`` or
            ``public_waiting``.
    """
    check_training()
    if minutes is not None:
        check_number("minutes", minutes, LEAST_MINUTES, MAX_MINUTES)
    if not now.public:
        return
    status = runs.status(run_id)
    if minutes is not None and status["step"]:
        planned = status["total"] * (status["seconds"] or 0) / status["step"] / 60
        if planned + minutes > PUBLIC_MINUTES:
            raise GenClassError("public_minutes", most=PUBLIC_MINUTES)
    _check_live(owner)


def _states(owner: Owner | None) -> list[str]:
    """Of the runs from a visitor's address, or of the lab's owner."""
    whose = owner and owner.address
    return [status["state"] for status in runs.list_runs() if runs.config(status["id"])["address"] == whose]


def _check_count(owner: Owner | None) -> None:
    if len(_states(owner)) >= PUBLIC_RUNS:
        raise GenClassError("public_runs", most=PUBLIC_RUNS)


def _check_live(owner: Owner | None) -> None:
    if any(state in LIVE for state in _states(owner)):
        raise GenClassError("public_waiting")
