"""Giving freed memory back to the system, which glibc keeps to itself."""

import ctypes
import platform

ARENA_MAX = -8  # M_ARENA_MAX in glibc's malloc.h


def one_arena() -> None:
    """Let all threads allocate from one arena; to be called before there are threads.

    glibc would open eight for each core. A handler runs in whichever thread is free, so that in every arena lasting
    pieces would come to lie among the large, brief ones of the networks, and each holds a page that is otherwise free.
    A process that this one starts is not told, as it would be by ``MALLOC_ARENA_MAX``.
    """
    if library := _glibc():
        library.mallopt(ARENA_MAX, 1)


def give_back() -> None:
    """Give freed memory back now; glibc would keep it, hundreds of MB, wherever something in use lies above it."""
    if library := _glibc():
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library if it is glibc, else None."""
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
