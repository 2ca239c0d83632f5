"""The command line: a program of its own, so that what it imports is its to decide."""

import logging
import sys
from types import ModuleType
from typing import cast

# Torch and timm import the compiler triton wherever it is installed. Nothing here compiles anything: without it they
# start 0.4 s sooner, and a server that ends does not print pages of what triton leaks.
sys.modules.setdefault("triton", cast(ModuleType, None))
logging.getLogger("torch.utils.flop_counter").setLevel(logging.ERROR)  # which misses it
