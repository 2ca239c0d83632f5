"""Memory of the page's process."""

import platform
import subprocess
import sys

import pytest

from genclass import memory

GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a matter of glibc")
THREADS = """
import ctypes, threading
{before}
kept, together = [], threading.Barrier(4)
def allocate():
    together.wait()
    kept.append(bytes(10_000))
threads = [threading.Thread(target=allocate) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""


def arenas(before):
    """How many arenas there are after four threads allocated in a process that did ``before`` first."""
    ran = subprocess.run([sys.executable, "-c", THREADS.format(before=before)], capture_output=True, text=True)
    return ran.stderr.count("Arena ")


@GLIBC
def test_all_threads_of_the_page_share_one_arena():
    assert arenas("import genclass.ui") == 1 < arenas("")


@GLIBC
def test_what_is_free_goes_back():
    script = """
import psutil
from genclass import memory
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
