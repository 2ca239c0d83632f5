"""One visitor who opens many pages costs the others nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from genclass.ui.server import pages

MADE = 0.05  # seconds that a page takes here


@pytest.fixture
def served():
    """(an app whose every answer takes its time, how many answers were in the making at most)."""
    making, most = [], []

    async def make(request):
        making.append(request)
        most.append(len(making))
        await asyncio.sleep(MADE)
        making.pop()
        return PlainTextResponse("")

    return pages.Pages(Starlette(routes=[Route("/{path:path}", make)])), most


def opened(app, paths, addresses):
    """Seconds until each of the pages was there, all asked for at once."""

    async def one(path, address, began):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab", timeout=30) as client:
            (await client.get(path)).raise_for_status()
        return asyncio.get_running_loop().time() - began

    async def all_of_them():
        began = asyncio.get_running_loop().time()
        return await asyncio.gather(*[one(path, address, began) for path, address in zip(paths, addresses)])

    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        return pool.submit(asyncio.run, all_of_them()).result()


@pytest.mark.parametrize("path", ["/", "/zh", "/config", *pages.DESCRIBED])
def test_an_address_has_one_page_made_at_a_time_and_rests_between(served, path):
    app, most = served
    seconds = opened(app, [path] * 6, ["192.0.2.1"] * 6)
    assert max(most) == 1 and max(seconds) > 10 * MADE


def test_another_address_does_not_wait(served):
    app, most = served
    *_, other = opened(app, ["/"] * 21, ["192.0.2.1"] * 20 + ["192.0.2.2"])
    assert max(most) == 2 and other < 10 * MADE


def test_files_and_answers_come_all_at_once(served):
    app, most = served
    opened(app, ["/assets/core.js", "/gradio_api/queue/data", "/gradio_api/file=/a.png"], ["192.0.2.1"] * 3)
    assert max(most) == 3


def test_who_does_not_fetch_a_page_keeps_nobody_waiting(served):
    app, _ = served

    async def stalled():
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": ("192.0.2.1", 1)}

        async def send(message):
            await asyncio.sleep(60)

        never = asyncio.create_task(app({**scope, "query_string": b""}, None, send))
        await asyncio.sleep(2 * MADE)
        transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab", timeout=30) as client:
            await asyncio.wait_for(client.get("/"), 30)
        never.cancel()

    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, stalled()).result()
