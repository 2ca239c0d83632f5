"""What a browser is sent to draw live sheets by itself: a script, the stored runtime, and shipped generators.

All are files of this package, each at an address that names its content, so that a browser keeps it for good; nothing
in a request is taken for a path. Before a login they are closed, as everything below ``API`` is (``guard.py``).
"""

import base64
import functools
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from genclass import paths
from genclass.files import images
from genclass.models import checkpoint
from genclass.models.sampler import Sampler, sheet_columns
from genclass.models.web import page_file, runtime, stored_model
from genclass.ui.common import model_cache
from genclass.ui.common.kept_models import KEPT, remembered
from genclass.ui.server.gradio_patches import API
from genclass.ui.static import static

PLACE = f"{API}/browser/"
SHARED = ("latents.js", "runtime.js", "drawing.js")  # scripts of exported pages
FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable", "Content-Encoding": "gzip"}
RUNTIME = {"script": ("mjs", "text/javascript"), "wasm": ("wasm", "application/wasm")}  # (ending, type) of its files
CHECKED = {"seed": 5, "count": 4, "truncation": 0.9}  # a sheet that a browser has to draw alike


class InBrowser:
    """The files, found as the page is about to be served.

    Attributes:
        answers: what gives the answer, by address below ``PLACE``.
        told: addresses below the page's own, for ``in_browser.js``; those of models by the hash of their weights.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[], Response]] = {}
        module = "\n".join([*map(page_file.text, SHARED), static("drawer.js")]).encode()
        sent = functools.partial(
            Response, gzip.compress(module, mtime=0), media_type="text/javascript", headers=FOR_GOOD
        )
        self.told: dict[str, Any] = {
            "module": self._at(f"{hashlib.sha256(module).hexdigest()}.mjs", sent),
            **{name: self._runtime(f"ort-{name}") for name in ("script", "wasm", "gpu-script", "gpu-wasm")},
        }
        self.told["models"] = dict(self._model(file.parent) for file in paths.SHIPPED.glob(f"*/{stored_model.FILE}"))

    def route(self) -> Route:
        """Answers all of them, and of anything else that it is not there."""
        return Route(f"{PLACE}{{address:path}}", self._answer)

    def _answer(self, request: Request) -> Response:
        answer = self.answers.get(request.path_params["address"])
        return answer() if answer else PlainTextResponse("Not Found", 404)

    def _model(self, folder: Path) -> tuple[str, dict[str, str]]:
        config = checkpoint.read_config(folder)
        sha256, file = config["sha256"]["model.safetensors"], folder / stored_model.FILE
        sent = functools.partial(FileResponse, file, media_type="application/octet-stream", headers=FOR_GOOD)
        model = self._at(f"{sha256}/{checkpoint.sha256(file)}.onnx", sent)
        return sha256, {"model": model, "facts": self._at(f"{sha256}/facts.json", lambda: _facts_of(config["name"]))}

    def _runtime(self, name: str) -> str:
        ending, media_type = RUNTIME[name.rpartition("-")[2]]

        def sent() -> Response:
            return Response(runtime.gzipped(name), media_type=media_type, headers=FOR_GOOD)

        return self._at(f"{checkpoint.sha256(runtime.PATHS[name])}.{ending}", sent)

    def _at(self, address: str, answer: Callable[[], Response]) -> str:
        self.answers[address] = answer
        return f"{PLACE}{address}".lstrip("/")


def _facts_of(name: str) -> Response:
    # Not kept by a browser: directions may be found anew for the same weights.
    return Response(
        _facts(model_cache.load(name, "gan")), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


@remembered(KEPT)
def _facts(sampler: Sampler) -> bytes:
    """JSON of what a browser must know of a generator, with a sheet as it is drawn here: uint8 [H, W, C] in base 64."""
    strongest = dict.fromkeys(list(sampler.directions)[:1], 1.5)
    recipe = sampler.complete({"model": sampler.name, "directions": strongest, **CHECKED})
    drawn = sampler.sample(recipe)
    pixels = base64.b64encode(images.sheet(drawn, sheet_columns(recipe, len(drawn))).tobytes()).decode()
    return json.dumps({**page_file.facts(sampler), "checked": {"recipe": recipe.to_dict(), "pixels": pixels}}).encode()
