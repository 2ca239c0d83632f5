"""Memory of the page's process."""

import subprocess
import sys

from genclass.files import memory
from tests.helpers import GLIBC


@GLIBC
def test_what_is_free_goes_back():
    script = """
import psutil
from genclass.files import memory
pieces = [b"x" * 100_000 for _ in range(1000)]
del pieces[:-1]  # one in use lies above all that is free
held = psutil.Process().memory_info().rss
memory.give_back()
assert held - psutil.Process().memory_info().rss > 50_000_000
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_elsewhere_nothing_is_done(monkeypatch):
    monkeypatch.setattr(memory.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(memory.ctypes, "CDLL", None)
    memory.one_arena()
    memory.give_back()
