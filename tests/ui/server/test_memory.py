"""The page's threads share one arena of memory."""

import subprocess
import sys

from tests.helpers import GLIBC

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
