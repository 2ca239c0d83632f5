"""Memory that is free again goes back to the system, which glibc alone does not see to."""

import ctypes
import platform

ARENA_MAX = -8  # M_ARENA_MAX in glibc's malloc.h


def one_arena() -> None:
    """All threads allocate from one arena; to be called before there are threads.

    glibc would open eight for each core. A handler runs in whichever thread is free, so that in every arena lasting
    pieces would come to lie among the large, brief ones of the networks, and each holds a page that is otherwise free.
    A process that this one starts is not told, as it would be by ``MALLOC_ARENA_MAX``.
    """
    if library := _glibc():
        library.mallopt(ARENA_MAX, 1)


def give_back() -> None:
    """What is free goes back now; glibc would keep it, hundreds of MB, wherever something in use lies above it."""
    if library := _glibc():
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library, or None where it is another one."""
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
