"""python -m genclass"""

import sys

from genclass.cli import main

sys.exit(main())
