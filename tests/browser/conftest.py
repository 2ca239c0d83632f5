"""A real Chromium on a real page, with every other host cut off."""

import os
import shutil
import sys
import traceback
from urllib.parse import urlparse

import pytest

from tests.ui.fixtures import blocks, lab, own_folders  # noqa: F401  (fixtures)

# What Gradio's own client says when a page is left while an answer is under way.
LEAVING = ("AbortError", "Unexpected error 404", "errored out", "Failed to fetch", "ERR_ABORTED", "network error")
LEAVING += ("ERR_INCOMPLETE_CHUNKED_ENCODING",)  # the server's end of the same
LEAVING += ("reading 'offsetWidth'",)  # Gradio's plot, told of its size after it was taken out of the page
PATIENCE = 60_000  # two cores may be busy with a training run
CAMERA = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")  # moving test pictures
HERE = ("127.0.0.1", "localhost")
NOWHERE_ELSE = f"--host-resolver-rules=MAP * ~NOTFOUND{''.join(f', EXCLUDE {host}' for host in HERE)}"
MISSING = "needs playwright and the Debian package chromium"


@pytest.fixture(scope="session")
def chromium():
    """A browser; where there is none these tests are skipped, but in CI that is a failure."""
    path = shutil.which("chromium")
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        path = None
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", NOWHERE_ELSE, *CAMERA],
        )
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With what went wrong in a browser stands what its server was doing, which nothing in the browser tells."""
    report = yield
    if report.failed and "blocks" in item.funcargs:
        report.sections.append(("what the server was doing", "\n".join(doings(item.funcargs["blocks"]._queue))))
    return report


def doings(queue):
    """Lines of its queue that are not empty, the events of it that run, and where each thread stands in genclass."""
    for name, line in queue.event_queue_per_concurrency_id.items():
        if line.queue or line.current_concurrency:
            yield f"{name}: {line.current_concurrency} of {line.concurrency_limit} run, {len(line.queue)} wait"
    yield from (f"runs: {event.fn.name}, of {event.session_hash}" for job in queue.active_jobs for event in job or ())
    for frame in sys._current_frames().values():
        own = [step for step in traceback.extract_stack(frame) if "/genclass/" in step.filename]
        yield from traceback.format_list(own[-3:])


@pytest.fixture(scope="session")
def context(chromium):
    """A visitor whose browser keeps what it has loaded once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    yield context
    context.close()


@pytest.fixture
def page(request, context, lab):  # noqa: F811
    """A page opened at the address that the test's mark ``opens`` adds, or at none; what the browser complains about
    fails the test.
    """
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    page, faults = context.new_page(), []
    page.goto(f"{lab}theme.css")
    page.evaluate("localStorage.clear()")  # images of one's own that another test left

    def note(request):
        if urlparse(request.url).hostname not in (*HERE, None):
            faults.append(f"request to another host: {request.url}")

    page.on("request", note)  # they are not sent through here, for the browser then keeps nothing of what it loads
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(PATIENCE)
    mark = request.node.get_closest_marker("opens")
    page.goto(lab + (mark.args[0] if mark else ""))
    try:
        page.locator("#generate-picture img").wait_for()
    except PlaywrightTimeout as error:
        error.add_note(f"The browser complained: {faults}")
        raise
    yield page
    page.close()
    assert [fault for fault in faults if not any(word in fault for word in LEAVING)] == []
