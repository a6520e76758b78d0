"""What is installed from a wheel is whole: templates, migrations, catalogues and styles travel with the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.conftest import ROOT


def test_a_wheel_brings_everything_that_the_product_reads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    names = ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for part in (
        "survey_app/_templates/layouts/staff.html",
        "survey_app/_migrations/env.py",
        "survey_app/static/staff.css",
        "survey_app/questionnaires/library/relationship_nps.yaml",
        "survey_app/translations/vi/LC_MESSAGES/messages.mo",
        "analysis/values/estimates.py",
    ):
        assert part in names, part
    assert not [name for name in names if name.startswith("tests/")]
