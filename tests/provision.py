"""What the tests need from the machine: installed where that can be done, named in one clear line where not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Fonts for every script, and what sets the text of PDFs.
PACKAGES = ["fonts-noto-core", "fonts-noto-cjk", "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine, if there is one."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in BROWSERS]
    return next((path for path in found if path), None)


def finds_pango() -> bool:
    """Return whether PDFs can be set on this machine."""
    return all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


def main() -> int:
    """Install Chromium, fonts for every script and Pango where the system's packages can be installed."""
    missing = ([] if find_browser() else ["chromium"]) + ([] if finds_pango() else ["libpango-1.0-0"])
    if not missing:
        return 0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.stderr.write(
            f"The tests need {' and '.join(missing)}: install what is missing. "
            "A browser that stands elsewhere is named in CHROMIUM=/path/to/chromium.\n"
        )
        return 1
    subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
    packages = [*PACKAGES, *missing]
    subprocess.run(["apt-get", "install", "-y", "-q", *packages], check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
