"""Known holes in what is pinned: pip-audit asks PyPI's database about each package.

    python .ci/audit.py

A hole that is found is a failure. Where the database can't be asked, a word says so, and that is all.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ASK = (sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json")
PINS = (("requirements.lock",), ("requirements-dev.txt", "requirements-ray.txt"))  # with hashes, and without
NO_ANSWER = ("ConnectionError", "Could not connect", "Timeout", "HTTPError")  # in what pip-audit says of it
SKIPPED = "Known holes: skipped, for the database can't be reached."


def main(ask: tuple[str, ...] = ASK) -> str | None:
    """What has failed, or None; says what is known."""
    told: list[dict[str, Any]] = []
    for files in PINS:
        named = [word for file in files for word in ("-r", file)]
        asked = subprocess.run([*ask, *named], cwd=ROOT, capture_output=True, text=True)
        if not asked.stdout:
            if not any(sign in asked.stderr for sign in NO_ANSWER):
                return asked.stderr or "pip-audit said nothing"
            print(SKIPPED)
            return None
        told += json.loads(asked.stdout)["dependencies"]
    return _verdict(told)


def _verdict(told: list[dict[str, Any]]) -> str | None:
    known = [package for package in told if "skip_reason" not in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in known
        for hole in package["vulns"]
    ]
    missing = [package["name"] for package in told if package not in known]
    print(f"Known holes: {len(holes)} in {len(known)} packages; not in the database: {', '.join(missing) or 'none'}"
          if known else SKIPPED)  # fmt: skip
    return "\n".join(holes) or None


if __name__ == "__main__":
    sys.exit(main())  # text goes to standard error, with status 1
