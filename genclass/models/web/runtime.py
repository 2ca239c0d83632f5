"""onnxruntime-web, which runs a model in the browser, as it is published on npm, compressed.

    python -m genclass.models.web.runtime

fetches it anew by npm, checks it and stores it in ``static/onnxruntime-web``. To bring it up to date: change
``VERSION`` and ``INTEGRITY`` (``npm view onnxruntime-web@VERSION dist.integrity``), run it, then the browser's tests.
"""

import base64
import gzip
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "1.30.0"
INTEGRITY = "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
FILES = {"ort-script": "ort.wasm.bundle.min.mjs", "ort-wasm": "ort-wasm-simd-threaded.wasm"}  # by their ids in a page
FOLDER = Path(__file__).parent / "static" / "onnxruntime-web"


def path(name: str) -> Path:
    """Where a file of ``FILES`` is stored, compressed by gzip."""
    return FOLDER / f"{FILES[name]}.gz"


def stored(name: str) -> bytes:
    """A file of ``FILES``, compressed by gzip."""
    return path(name).read_bytes()


def fetch() -> None:
    """Store the files anew.

    Raises:
        ValueError: where the package is another than the pinned one.
        OSError, subprocess.CalledProcessError: where npm is missing or fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = ["npm", "pack", "--silent", f"onnxruntime-web@{VERSION}", "--pack-destination", folder]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        [package] = Path(folder).iterdir()
        found = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            raise ValueError(f"onnxruntime-web {VERSION} is {found}, not {INTEGRITY}")
        with tarfile.open(package) as archive:
            for name in FILES.values():
                _store(archive, name)


def _store(archive: tarfile.TarFile, name: str) -> None:
    member = archive.extractfile(f"package/dist/{name}")
    assert member is not None  # a plain file of the pinned package
    (FOLDER / f"{name}.gz").write_bytes(gzip.compress(member.read(), 9, mtime=0))


if __name__ == "__main__":
    fetch()
