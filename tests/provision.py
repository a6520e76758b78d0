"""What the tests need from the machine: installed where that can be done, named in one clear line where not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine, if there is one."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in BROWSERS]
    return next((path for path in found if path), None)


def main() -> int:
    """Install Chromium with fonts for every script where the system's packages can be installed."""
    if find_browser():
        return 0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.stderr.write("The browser tests need Chromium: install it, or name it in CHROMIUM=/path/to/chromium.\n")
        return 1
    subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
    packages = ["chromium", "fonts-noto-core", "fonts-noto-cjk"]
    subprocess.run(["apt-get", "install", "-y", "-q", *packages], check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
