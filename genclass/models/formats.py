"""What models are exported as: ONNX, one page, a folder to host."""

from collections.abc import Callable, Sequence
from pathlib import Path

from genclass.errors import GenClassError
from genclass.models.export import write_onnx
from genclass.models.web.folder import write_web
from genclass.models.web.page_file import write_html

Write = Callable[[Sequence[Path], Path], None]


def _of_one(write: Callable[[Path, Path], None]) -> Write:
    """What is written of one model alone."""

    def write_one(folders: Sequence[Path], out: Path) -> None:
        if len(folders) != 1:
            raise GenClassError("one_model", count=len(folders))
        write(folders[0], out)

    return write_one


# (checkpoint folders, what is written) -> None.
FORMATS: dict[str, Write] = {"onnx": _of_one(write_onnx), "html": _of_one(write_html), "web": write_web}
