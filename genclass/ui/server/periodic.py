"""What is done over and over as long as the server runs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

log = logging.getLogger("genclass.page")


@contextlib.asynccontextmanager
async def every(seconds: float, act: Callable[[], Awaitable[None]], complaint: str) -> AsyncIterator[None]:
    """Act at once and then with so many seconds between; a failure is logged under ``complaint``, and it goes on."""

    async def repeat() -> None:
        while True:
            try:
                await act()
            except Exception:
                log.exception(complaint)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(repeat())
    yield
    task.cancel()
