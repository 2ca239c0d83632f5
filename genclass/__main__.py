"""python -m genclass"""

import sys

from genclass.cli.main import main

sys.exit(main())
