"""The toy GANs of visitors: one each, kept a while, and never two events that train the same one at once."""

import base64
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from genclass.networks import toy_gan
from genclass.ui.common.text import say

MOST = 200  # of about half a megabyte each
SECONDS = 20
FRAME = 0.14  # seconds of learning between two pictures
SLOW = 0.25  # seconds for a step in slow motion
BREATH = 0.03  # seconds after each part in which others get the processor
SIDE = 48
POINTS = 240
DRAWN = "drawn"  # the shape that the visitor draws
Frame = dict[str, Any]  # what a picture shows, for ``toy_gan.js``
TURNS = itertools.count(int(time.time() * 1000))  # rising even when the server has started anew


@dataclass(eq=False)
class Game:
    """A visitor's GAN.

    Attributes:
        shape: one of ``toy_gan.SHAPES`` or ``DRAWN``.
        toy: the GAN, or None while nothing is drawn yet.
        turn: the event that took the game over last: an older one ends, and the page shows none of its frames any more.
    """

    shape: str
    toy: toy_gan.Toy | None
    turn: int = field(default_factory=lambda: next(TURNS))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> int:
        """Take the game over; returns the turn."""
        with self.lock:
            self.turn = next(TURNS)
            return self.turn

    def learn(self, turn: int, seconds: float, steps: int) -> bool:
        """Make up to ``steps`` within about ``seconds``; returns whether the game is still this turn's."""
        end = time.monotonic() + seconds
        with self.lock:
            for _ in range(steps):
                if self.turn != turn or self.toy is None:
                    return False
                self.toy.step()
                if time.monotonic() > end:
                    break
            return self.turn == turn

    def play(self, slowly: bool, seconds: float = SECONDS) -> Iterator[Frame]:
        """Learn for a while, yielding a frame after each part; ends early when another event takes over."""
        turn, end = self.take(), time.monotonic() + seconds
        pause = SLOW if slowly else BREATH
        while self.learn(turn, FRAME, 1 if slowly else 1000):
            over = time.monotonic() + pause > end
            yield self.frame(turn, running=not over)
            if over:
                return
            time.sleep(pause)

    def frame(self, turn: int | None = None, running: bool = False) -> Frame:
        """What the picture shows, for ``toy_gan.js``, as an event of that turn knows it; None: of the last turn."""
        with self.lock:
            drawn = _blank() if self.toy is None else _frame(self.toy, self.shape, running)
            return {**drawn, "turn": self.turn if turn is None else turn}


class Games:
    """Games by the visitor's session; the longest unused are let go."""

    def __init__(self, most: int = MOST) -> None:
        self.most, self.lock = most, threading.Lock()
        self.games: OrderedDict[str | None, Game] = OrderedDict()

    def get(self, session: str | None) -> Game | None:
        """The visitor's game, or None."""
        with self.lock:
            if session in self.games:
                self.games.move_to_end(session)
            return self.games.get(session)

    def begin(
        self, session: str | None, shape: str, rules: toy_gan.ToySettings, points: torch.Tensor | None = None
    ) -> Game:
        """A new game in place of the visitor's old one, whose events end.

        Args:
            points: for the shape ``DRAWN``, float32 [N, 2], or None for nothing yet.

        Raises:
            GenClassError: for an unknown shape.
        """
        if shape != DRAWN:
            new = Game(shape, toy_gan.begin(shape, rules))
        else:
            new = Game(shape, None if points is None else toy_gan.Toy(points, rules))
        old = self.get(session)
        if old is not None:
            old.take()
        with self.lock:
            self.games[session] = new
            while len(self.games) > self.most:
                self.games.popitem(last=False)
        return new


def first_frame(shape: str, rules: toy_gan.ToySettings) -> Frame:
    """Of a game that has not begun."""
    return {**_frame(toy_gan.begin(shape, rules), shape, running=False), "turn": 0}


def _frame(toy: toy_gan.Toy, shape: str, running: bool) -> Frame:
    return {
        "step": len(toy.losses),
        "side": SIDE,
        "field": _base64((toy.field(SIDE, reach=1.15) * 255).round().byte().numpy()),
        "real": _base64(toy.real[: toy_gan.SHOWN].numpy()),
        "fake": _base64(toy.samples().numpy()),
        "losses": _base64(thinned(toy.losses)),
        "words": standing(toy, running),
        "running": running,
        "draws": shape == DRAWN,
        "hint": False,
    }


def _blank() -> Frame:
    empty = {key: "" for key in ("real", "fake", "losses")}
    field = _base64(np.full((SIDE, SIDE), 128, np.uint8))
    return {"step": 0, "side": SIDE, "field": field, **empty, "words": say("toy_blank"), "running": False,
            "draws": True, "hint": True}  # fmt: skip


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def thinned(losses: list[tuple[float, float]]) -> np.ndarray:
    """float32 [2, at most POINTS]: both players' losses, each point the mean over as many steps."""
    values = np.array(losses, np.float32).reshape(-1, 2).T
    parts = np.array_split(values, min(POINTS, values.shape[1]) or 1, axis=1)
    return np.stack([part.mean(1) for part in parts], 1) if values.size else values


def standing(toy: toy_gan.Toy, running: bool) -> str:
    """How a game stands, in words."""
    covered, good = (f"{share:.0%}" for share in toy.found())
    state = say("toy_running" if running else "toy_resting")
    values = {"state": state, "step": f"{len(toy.losses):,}", "covered": covered, "good": good}
    if toy.centres is None:
        return say("toy_told", **values)
    return say("toy_told_groups", found=toy.modes(), groups=len(toy.centres), **values)
