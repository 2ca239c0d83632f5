"""A run's folder as its trainer writes it: whole or not at all, by one process at a time."""

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import torch
from filelock import FileLock, Timeout
from safetensors.torch import load_file, save_file

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.models import checkpoint, store
from genclass.train.run import layout as run_folder
from genclass.train.run import waiting
from genclass.train.run.lock import locked

KEEP = 2
KEPT_PICTURES = 200
BEAT_SECONDS = 20
WAIT_SECONDS = 0.2
ROOM_BYTES = 32_000  # kept free for the last words of a run that fills the disk


class RunFolder:
    """A run folder as its trainer sees it; use it inside ``with folder.locked():``."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.request = run_folder.read_request(self.path)
        self.config = run_folder.read_config(self.path)
        self.status = run_folder.written_status(self.path)
        self._writing = threading.Lock()
        self._check: Callable[[], None]  # of the lock, once it is held

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock; what a killed process left half-written is deleted.

        Raises:
            GenClassError: ``run_busy`` if another process trains this run.
        """
        with locked(self.path) as self._check:
            self.config = run_folder.read_config(self.path)
            atomic.clear_partials(self.path)
            with contextlib.suppress(OSError):
                (self.path / ".room").write_bytes(bytes(ROOM_BYTES))
            yield

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Renew the heartbeat while something takes long: another run before this one, a download, a whole test set."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(BEAT_SECONDS):
            # A full disk, or that the run is another's, is reported where results are written.
            with contextlib.suppress(OSError, GenClassError):
                self.write_status()

    @contextmanager
    def training_slot(self) -> Iterator[bool]:
        """Wait for the one training slot of ``$GENCLASS_RUNS``, in turn; runs elsewhere do not need it.

        Nor do jobs of a cluster: the slot is for one machine, and there Ray's queue has seen to room before they begin.

        Yields True once it is held, False if the run was asked to stop while it waited.
        """
        if waiting.JOB in os.environ:
            yield not self.stop_asked()
            return
        if self.path.resolve().parent != paths.runs_dir().resolve():
            yield True
            return
        came = self.status["queued"] if self.status["pid"] == os.getpid() else time.time()
        self.write_status(state="queued", queued=came)
        slot = FileLock(self.path.parent / waiting.SLOT, timeout=0)
        while not self._takes(slot):
            if self.stop_asked():
                yield False
                return
            time.sleep(WAIT_SECONDS)
        try:
            yield True
        finally:
            slot.release()

    def _takes(self, slot: FileLock) -> bool:
        """Take the slot if it is free and nobody has waited longer."""
        if waiting.is_behind_another(self.path):
            return False
        try:
            slot.acquire()
        except Timeout:
            return False
        return True

    def stop_asked(self) -> bool:
        return (self.path / "stop").exists()

    def write_status(self, **changes: object) -> None:
        """Replace ``status.json``, with this process and the present as its heartbeat."""
        me = psutil.Process()
        with self._writing:
            self.status |= {"pid": me.pid, "started": me.create_time(), "host": run_folder.HERE,
                            "job": os.environ.get(waiting.JOB), "heartbeat": time.time(), **changes}  # fmt: skip
            atomic.write_json(self.path / "status.json", self.status)

    def end(self, state: str, **changes: object) -> None:
        """Record how it ended; a request to stop has then been answered."""
        self.write_status(state=state, **changes)
        (self.path / "stop").unlink(missing_ok=True)

    def fail(self, error: GenClassError, details: str = "") -> None:
        """Record why it failed; first make room for that. ``details`` go into the log.

        Raises:
            GenClassError: ``run_taken``: what it has failed at is another's by now.
        """
        self._check()
        atomic.clear_partials(self.path)
        (self.path / ".room").unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # no room even for that: readers conclude from the process's end
            self.write_status(state="failed", error=error.as_dict())
            if details:
                (self.path / "log.txt").open("a").write(details)

    def fix(self, fixed: dict[str, Any]) -> None:
        """Record what was decided before the first step, once."""
        self.config["fixed"] = fixed
        atomic.write_json(self.path / "config.json", self.config)

    def total_at(self, step: float) -> int:
        return run_folder.total_at(self.config, step)

    def append_metrics(self, values: dict[str, Any]) -> None:
        with open(self.path / "metrics.jsonl", "a") as file:
            self._check()  # once it is open: the file of a new holder is another one
            file.write(json.dumps(values) + "\n")

    def cut_back(self, step: int) -> None:
        """Drop metrics, pictures and spoilt states of later steps than the one that training resumes from."""
        kept = [line for line in run_folder.read_metrics(self.path) if line["step"] <= step]
        atomic.write_text(self.path / "metrics.jsonl", "".join(json.dumps(line) + "\n" for line in kept))
        for later, file in run_folder.read_pictures(self.path):
            if later > step:
                _drop_picture(file)
        for state in store.numbered(self.path / "state"):
            if int(state.name) > step:  # or it would take the place of a good one
                shutil.rmtree(state)

    def save_picture(self, step: int, png: bytes, beside: dict[str, bytes]) -> None:
        """Write ``samples/<step>.png``, and ``beside``: ``{suffix: bytes}`` of files that go with it.

        Of many pictures every second one is dropped, but for the newest.
        """
        folder = self.path / "samples"
        folder.mkdir(exist_ok=True)
        for suffix, content in {**beside, ".png": png}.items():  # the picture last: with it the others are there
            atomic.write_bytes(folder / f"{step}{suffix}", content)
        pictures = run_folder.read_pictures(self.path)
        if len(pictures) > KEPT_PICTURES:
            for _, file in pictures[1:-1:2]:
                _drop_picture(file)

    def save_state(self, step: int, tensors: dict[str, torch.Tensor]) -> None:
        """Write ``state/<step>`` whole and keep the newest two."""
        folder = self.path / "state" / str(step)
        if run_folder.is_whole(folder):
            return
        with atomic.writing_folder(folder) as partial:
            file = partial / "state.safetensors"
            save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, file)
            (partial / "state.json").write_text(json.dumps({"step": step, "sha256": checkpoint.sha256(file)}))
        keep_newest(self.path / "state")

    def newest_state(self) -> tuple[int, dict[str, torch.Tensor] | None]:
        """(step, tensors) of the newest whole state, or (0, None)."""
        step = run_folder.newest_step(self.path)
        if not step:
            return 0, None
        tensors = load_file(self.path / "state" / str(step) / "state.safetensors")
        return step, {checkpoint.renamed(key): tensor for key, tensor in tensors.items()}

    def architecture(self) -> dict[str, Any] | None:
        """That of the run's models, as their config.json has it; None where none can be read."""
        for model in store.numbered(self.path / "model"):
            with contextlib.suppress(GenClassError):  # a state does without a model, if today's architecture is as then
                return checkpoint.read_config(model)["architecture"]
        return None


def _drop_picture(file: Path) -> None:
    for suffix in ("-wrong.png", "-heat.png", ".json", ".png"):
        file.with_name(file.stem + suffix).unlink(missing_ok=True)


def keep_newest(parent: Path, count: int = KEEP) -> None:
    """Delete all but the newest numbered folders."""
    for folder in store.numbered(parent)[count:]:
        shutil.rmtree(folder, ignore_errors=os.name == "nt")
