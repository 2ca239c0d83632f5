"""What exported pages and live sheets run on: packages of npm as they are published, compressed.

    python -m genclass.models.web.runtime

fetches them anew by npm, checks them and stores them in ``static``. To bring one up to date: change its version and
integrity (``npm view NAME@VERSION dist.integrity``), run it, then the browser's tests.
"""

import base64
import functools
import gzip
import hashlib
import lzma
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Package:
    """A package of npm.

    Attributes:
        integrity: of its archive, as npm has it.
        files: those of it that are stored, by their ids; and its LICENSE.
    """

    name: str
    version: str
    integrity: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "onnxruntime-web",  # runs a model
        "1.30.0",
        "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==",
        {
            "ort-script": "dist/ort.wasm.bundle.min.mjs",
            "ort-wasm": "dist/ort-wasm-simd-threaded.wasm",
            "ort-gpu-script": "dist/ort.jspi.bundle.min.mjs",
            "ort-gpu-wasm": "dist/ort-wasm-simd-threaded.jspi.wasm",
        },
    ),
    Package(
        "lean-qr",  # draws a page's link as a QR code
        "2.7.4",
        "sha512-tlMPFfqhAAZN7+j/djRSvl/2+AYT2+7RRuyq8bvcbV8gMiENiscquQ9WTfCSyeEdxsVaEB+tU7e9nFZC63BFnQ==",
        {"qr": "index.mjs"},
    ),
)
PATHS = {
    id: STATIC / package.name / f"{Path(file).name}.xz" for package in PACKAGES for id, file in package.files.items()
}
IN_PAGES = ("ort-script", "ort-wasm", "qr")  # what exported pages carry: WebGPU would double it


@functools.cache
def gzipped(name: str) -> bytes:
    """A file as browsers unpack it; stored it is two thirds as large.

    Args:
        name: its id.
    """
    return gzip.compress(lzma.decompress(PATHS[name].read_bytes()), 9, mtime=0)


def fetch(package: Package) -> None:
    """Store the files of a package anew.

    Raises:
        ValueError: where the package is another than the pinned one.
        OSError, subprocess.CalledProcessError: where npm is missing or fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = ["npm", "pack", "--silent", f"{package.name}@{package.version}", "--pack-destination", folder]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        [packed] = Path(folder).iterdir()
        found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if found != package.integrity:
            raise ValueError(f"{package.name} {package.version} is {found}, not {package.integrity}")
        with tarfile.open(packed) as archive:
            for name, file in package.files.items():
                _store(archive, file, PATHS[name])


def _store(archive: tarfile.TarFile, file: str, place: Path) -> None:
    member = archive.extractfile(f"package/{file}")
    assert member is not None  # a plain file of the pinned package
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(lzma.compress(member.read(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    for each in PACKAGES:
        fetch(each)
