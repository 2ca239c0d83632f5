"""A temporary folder of one's own goes with its process, or when the next one starts."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from genclass.files import own_folder

CODE = "import sys, genclass.files.own_folder as own; print(own.make('page-'), flush=True); sys.stdin.read()"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
def start():
    """Starts a process that has a folder of its own: (process, folder), which holds a file."""
    started = []

    def starting():
        process = subprocess.Popen(
            [sys.executable, "-c", CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        folder = Path(process.stdout.readline().strip())
        (folder / "upload.png").write_bytes(b"x")
        return process, folder

    yield starting
    for process in started:
        process.kill()
        process.wait()


def old(folder):
    os.utime(folder.parent / "lock", (time.time() - 120,) * 2)


def test_what_a_killed_process_left_goes_and_what_is_used_stays(start, tmp_path):
    killed, left = start()
    running, used = start()
    earlier = tmp_path / "page-earlier"
    earlier.mkdir()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    old(left), old(used)
    own = own_folder.make("page-")
    assert own.is_dir() and not left.parent.exists() and (used / "upload.png").exists() and earlier.exists()


def test_a_process_that_ends_leaves_nothing(start):
    process, folder = start()
    process.stdin.close()
    assert process.wait(30) == 0 and not folder.parent.exists()


def test_a_link_is_not_followed(tmp_path):
    aim = tmp_path / "elsewhere"
    aim.mkdir()
    (aim / "lock").touch()
    os.utime(aim / "lock", (0, 0))
    (tmp_path / "page-link").symlink_to(aim)
    own_folder.make("page-")
    assert aim.exists()
