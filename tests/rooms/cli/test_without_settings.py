"""What the command line does for a stranger: no installation, no settings, no database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from survey_app.questionnaires.interchange.native import write_text
from survey_app.questionnaires.library import questionnaire_from


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in an environment that says nothing."""
    command = [sys.executable, "-c", "from survey_app.cli import main; main()", *words]
    return subprocess.run(command, cwd=cwd, env={"PATH": ""}, capture_output=True, text=True, check=False)


def test_help_is_given_before_anything_is_set_up(tmp_path: Path) -> None:
    helped = run("--help", cwd=tmp_path)
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "questionnaires" in helped.stdout


def test_files_are_converted_before_anything_is_set_up(tmp_path: Path) -> None:
    source = tmp_path / "nps.yaml"
    source.write_text(write_text(questionnaire_from("relationship_nps"), "yaml"), encoding="utf-8")
    done = run("questionnaires", "convert", "nps.yaml", "--to", "surveyjs", "--losses", "losses.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"]
    assert (tmp_path / "losses.txt").read_text(encoding="utf-8").startswith("SurveyJS")


def test_what_needs_data_says_which_setting_is_missing(tmp_path: Path) -> None:
    refused = run("questionnaires", "list", cwd=tmp_path)
    assert refused.returncode == 3
    assert refused.stderr.startswith("SECRET_KEY must hold")
    assert "Traceback" not in refused.stderr
