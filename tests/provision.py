"""What the tests need from the machine: installed where that can be done, named in one clear line where not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from ctypes.util import find_library
from pathlib import Path

from tests.redis_server import PACKAGES as REDIS
from tests.redis_server import UNPACKED as REDIS_FOLDER
from tests.redis_server import find_redis
from tests.smtp_sink import UNPACKED, find_sink

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
    # Nothing but a figure and a storm need it: they say themselves what is missing.
    if find_sink() is None:
        unpack_postfix()
    if find_redis() is None:
        unpack(REDIS, REDIS_FOLDER)
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


def unpack_postfix() -> bool:
    """Unpack Debian's Postfix beside the tests, without installing or starting it; return whether its sink is there."""
    unpack(["postfix"], UNPACKED)
    return find_sink() is not None


def unpack(packages: Sequence[str], target: Path) -> None:
    """Unpack Debian's packages into a folder beside the tests; where that cannot be done, nothing is there."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return
    if os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=False, stdout=subprocess.DEVNULL)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="packages-") as folder:
        subprocess.run(["apt-get", "download", "-q", *packages], cwd=folder, check=False, stdout=subprocess.DEVNULL)
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(target)], check=True)


if __name__ == "__main__":
    sys.exit(main())
