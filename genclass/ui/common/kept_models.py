"""Loaded models and what was found with them, as long as there is room. A model takes all that was found with it along,
when it makes room for others and when it is deleted."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

P = ParamSpec("P")
R = TypeVar("R")
Model = Classifier | Sampler
Key = tuple[Path, str, int | None]  # (folder, kind, when it was written)

KEPT = 8  # models
KEPT_BYTES = 500_000_000  # of them all; the last is kept however large it is

_models: OrderedDict[Key, tuple[Model, int]] = OrderedDict()  # (model, bytes), the last used at the end
_remembered: list["Remembered[..., Any]"] = []
_lock, _loading = threading.RLock(), threading.Lock()


def load(folder: Path, kind: str, loader: Callable[[Path], Model]) -> Model:
    """The model of a folder, loaded once as long as the folder stays the same; one at a time is loaded."""
    key = folder, kind, _written(folder)
    found = _kept(key)
    if found is not None:
        return found
    with _loading:
        found = _kept(key)  # by whoever loaded before
        if found is None:
            found = loader(folder)
            _keep(key, found)
    return found


def drop_deleted() -> None:
    """Let go of models whose folder is gone, or another one by now."""
    with _lock:
        for key in list(_models):
            if _written(key[0]) != key[2]:
                _drop(key)


def _written(folder: Path) -> int | None:
    try:
        return (folder / "config.json").stat().st_mtime_ns
    except OSError:
        return None


def _kept(key: Key) -> Model | None:
    with _lock:
        drop_deleted()
        if key not in _models:
            return None
        _models.move_to_end(key)
        return _models[key][0]


def _keep(key: Key, model: Model) -> None:
    with _lock:
        _models[key] = model, _bytes(key[0])
        while len(_models) > 1 and (len(_models) > KEPT or sum(size for _, size in _models.values()) > KEPT_BYTES):
            _drop(next(iter(_models)))


def _bytes(folder: Path) -> int:
    """What a model takes in memory, with its discriminator: float32, where the files hold float16."""
    return 2 * sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def _drop(key: Key) -> None:
    model, _ = _models.pop(key)
    for each in _remembered:
        each.forget(model)


def _is_kept(model: object) -> bool:
    return any(each is model for each, _ in _models.values())


class Remembered(Generic[P, R]):
    """A function of a model and more that remembers its last answers, as ``functools.lru_cache`` does.

    But a model does not stay in memory for them: they are remembered only as long as the model is kept.
    """

    def __init__(self, function: Callable[P, R], most: int) -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__, self.most = function, most
        self.known: OrderedDict[tuple[object, ...], R] = OrderedDict()
        _remembered.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        with _lock:
            if args in self.known:
                self.known.move_to_end(args)
                return self.known[args]
        found = self.__wrapped__(*args, **kwargs)
        with _lock:
            if _is_kept(args[0]):
                self.known[args] = found
                if len(self.known) > self.most:
                    self.known.popitem(last=False)
        return found

    def forget(self, model: object) -> None:
        """Forget what was found with a model."""
        for args in [args for args in self.known if args[0] is model]:
            del self.known[args]

    def cache_clear(self) -> None:
        """Forget everything."""
        self.known.clear()


def remembered(most: int) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """Make a function ``Remembered``; its first argument is the model, and it is called by position."""
    return lambda function: Remembered(function, most)
