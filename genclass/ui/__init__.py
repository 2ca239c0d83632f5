"""The page and the web API: the only place that imports gradio.

Gradio reads these settings when it is imported, so they are made here, before any module of this package imports it:
nothing is reported to anyone, and uploads and pictures lie in a temporary folder of their own, which goes with the
server, or if that was killed with the next one. And before the first thread there is, memory is set to be shared by
all of them.
"""

import os

from genclass.files import memory, own_folder

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")  # kept in memory, and gone through whenever one fails
os.environ.setdefault("MPLBACKEND", "agg")  # or its first answer waits for all of Matplotlib, where that is installed
if "GRADIO_TEMP_DIR" not in os.environ:
    os.environ["GRADIO_TEMP_DIR"] = str(own_folder.make("genclass-page-"))
memory.one_arena()

from genclass.ui.server import gradio_patches  # noqa: E402, F401  (the first to import gradio)
