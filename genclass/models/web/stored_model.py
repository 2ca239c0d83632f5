"""The ONNX file of a shipped generator, from which the page's visitors draw in their own browser: stored beside its
weights, since what writes one (``export.LIBRARIES``) is optional and takes seconds.

    python -m genclass.models.web.stored_model NAME...

writes those of shipped models anew: whenever their weights change.
"""

import argparse
import gzip
from pathlib import Path

from genclass import paths
from genclass.files import atomic
from genclass.models import checkpoint, export
from genclass.models.sampler import Sampler
from genclass.models.web import halved

FILE = "browser.onnx.gz"  # in a checkpoint's folder


def write(folder: Path) -> None:
    """Store a generator's file in its checkpoint folder.

    Raises:
        GenClassError: as ``export.onnx_model``.
    """
    graph = export.GeneratorGraph(Sampler.load(folder))
    content = export.onnx_model(graph, checkpoint.read_config(folder), halved.halved)
    atomic.write_bytes(folder / FILE, gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", metavar="NAME")
    for name in parser.parse_args().names:
        write(paths.SHIPPED / name)
