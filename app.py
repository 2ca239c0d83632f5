"""The lab in the browser: python app.py [--host H] [--port N] [--share] [--public | --no-train] … = genclass page …"""

import sys

from genclass.cli.page import main

if __name__ == "__main__":
    sys.exit(main())
