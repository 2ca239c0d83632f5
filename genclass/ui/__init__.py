"""The page and the web API: the only place that imports gradio.

Gradio reads these settings when it is imported, so they are made here, before any module of this package imports it:
nothing is reported to anyone, and uploads and pictures lie in a temporary folder of their own, which goes with the
server. And before the first thread there is, memory is set to be shared by all of them.
"""

import atexit
import inspect
import os
import shutil
import tempfile
from unittest import mock

from genclass.files import memory

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")  # kept in memory, and gone through whenever one fails
os.environ.setdefault("MPLBACKEND", "agg")  # or its first answer waits for all of Matplotlib, where that is installed
if "GRADIO_TEMP_DIR" not in os.environ:
    os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="genclass-page-")
    atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)
memory.one_arena()


_getfile = inspect.getfile


def _getfile_but_for_gradio(thing):
    if str(getattr(thing, "__module__", "")).startswith("gradio."):
        raise OSError
    return _getfile(thing)


# Each time it is imported Gradio brings the type stubs beside its own sources up to date, which takes more than half of
# that time and writes into the installation. What seems to come from no file has no stub.
with mock.patch.object(inspect, "getfile", _getfile_but_for_gradio):
    import gradio  # noqa: F401
