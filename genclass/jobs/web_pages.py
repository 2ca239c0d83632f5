"""A model as one page, made in a process of its own: at low priority, and its memory goes back to the system.

    python -m genclass.jobs.web_pages FOLDER OUT

is that process: on failure its last line is the error as JSON.
"""

import json
import subprocess
import sys
from pathlib import Path

from genclass.errors import GenClassError
from genclass.jobs import local
from genclass.models.web.page_file import write_html

SECONDS = 600  # at most


def make(folder: Path, out: Path) -> None:
    """Write the model of a checkpoint folder as the page ``out``.

    Raises:
        GenClassError: as ``write_html``; ``not_made`` where the process is lost, or takes too long.
    """
    words = [sys.executable, "-m", __name__, str(folder), str(out)]
    process = local.start(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        told, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        told, _ = process.communicate()
    if process.returncode:
        raise _error(told)


def _error(told: bytes) -> GenClassError:
    try:
        error = json.loads(told.decode().splitlines()[-1])
        return GenClassError(error["code"], **error["values"])
    except (ValueError, LookupError, TypeError):
        return GenClassError("not_made")


def main(folder: str, out: str) -> int:
    """What the process does; returns its exit status."""
    try:
        write_html(Path(folder), Path(out))
        return 0
    except GenClassError as error:
        print(json.dumps(error.as_dict()), flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
