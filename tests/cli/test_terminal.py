"""What the command line writes on terminals and pipes that can't write everything, or go away."""

import io
import json
import os
import subprocess
import sys

import pytest

from genclass.cli import faults
from genclass.errors import GenClassError
from tests.helpers import encode, picture

NAMES = ["猫.png", "café.png", os.fsdecode(b"torn\xff.png"), "plain.png"]


@pytest.fixture
def folder(tmp_path):
    """A folder of pictures whose names not every terminal can write."""
    for name in NAMES:
        (tmp_path / name).write_bytes(encode(picture()))
    (tmp_path / "broken é.png").write_bytes(b"nothing")
    return tmp_path


def classified(folder, *words, **variables):
    """What a process of its own answered: (status, standard output, standard error), both as bytes."""
    command = [sys.executable, "-m", "genclass", "classify", "cifar10-classic-cnn", str(folder), *words]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def test_a_terminal_that_cannot_write_a_name_loses_no_file(folder):
    status, out, err = classified(folder, PYTHONIOENCODING="ascii")
    assert status == 1 and len(out.splitlines()) == 5 and b"Traceback" not in err


def test_in_the_plainest_locale_json_has_every_file(folder):
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    status, out, err = classified(folder, "--json", **variables)
    found = [json.loads(line) for line in out.splitlines()]
    assert status == 1 and len(found) == 5 and sum(line["error"] is not None for line in found) == 1
    assert b"Traceback" not in err


class Written(io.TextIOWrapper):
    """Standard output of another encoding."""

    def __init__(self, encoding):
        super().__init__(io.BytesIO(), encoding=encoding)

    def bytes(self):
        return self.buffer.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "utf-8"])
@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_written_is_written_as_its_number(encoding, name, monkeypatch):
    out, err = Written(encoding), Written(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    def command():
        print(name)
        print(name, file=sys.stderr)
        raise GenClassError("missing_file", path=name)

    assert faults.status_of(command) == 2
    out.flush(), err.flush()
    assert out.bytes().decode(encoding) in (f"{name}\n", ascii(name)[1:-1] + "\n")
    assert b"genclass: There is no file or folder" in err.bytes()


class Gone(io.TextIOWrapper):
    """A pipe whose reader has gone away."""

    def __init__(self, at_once):
        reading, writing = os.pipe()
        os.close(reading)
        super().__init__(os.fdopen(writing, "wb", 0 if at_once else -1), write_through=at_once)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_reader_that_goes_away_ends_it_quietly(stream, at_once, monkeypatch, capsys):
    gone = Gone(at_once or stream == "stderr")
    monkeypatch.setattr(sys, stream, gone)
    assert faults.status_of(lambda: print("a line", file=getattr(sys, stream))) == 128 + 13
    gone.close()


def test_head_ends_classify_quietly(folder):
    words = f"{sys.executable} -m genclass classify cifar10-classic-cnn {f'{folder} ' * 99}"
    script = f"set -o pipefail; {words} | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.returncode == 141 and len(done.stdout.splitlines()) == 1 and done.stderr == ""


def test_an_interrupted_command_ends_quietly():
    def interrupted():
        raise KeyboardInterrupt

    assert faults.status_of(interrupted) == 130


def test_without_streams_a_command_runs_all_the_same(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert faults.status_of(lambda: print("nowhere")) == 0
