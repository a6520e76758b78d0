"""A wrong setting ends in one sentence that says what to do, never in a trace, whichever way the product starts."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from survey_app.config import SettingError, read_settings

GOOD = {"SECRET_KEY": secrets.token_urlsafe(48), "SURVEY_PUBLIC_URL": "https://surveys.example.org"}
WRONG = [
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "tooshort"}, "SECRET_KEY"),
    ({"SECRET_KEY": "changeme" * 6}, "SECRET_KEY"),
    ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    ({"SURVEY_PUBLIC_URL": ""}, "SURVEY_PUBLIC_URL"),
    ({"SURVEY_PUBLIC_URL": "http://surveys.example.org"}, "https"),
    ({"SURVEY_PUBLIC_URL": "http://["}, "SURVEY_PUBLIC_URL"),
    ({"SURVEY_PUBLIC_URL": "https://surveys.example.org:99999"}, "SURVEY_PUBLIC_URL"),
    ({"SURVEY_PUBLIC_URL": "https://somebody:pass@surveys.example.org"}, "SURVEY_PUBLIC_URL"),
    ({"SURVEY_PUBLIC_URL": "https://surveys.example.org/?a=b"}, "SURVEY_PUBLIC_URL"),
    ({"SURVEY_LAB": "1"}, "SURVEY_LAB"),
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
    ({"DATABASE_URL": "oracle://somewhere"}, "DATABASE_URL"),
    ({"SURVEY_PROXIES": "one"}, "SURVEY_PROXIES"),
]


@pytest.mark.parametrize(("given", "named"), WRONG, ids=str)
def test_a_wrong_setting_is_refused_by_its_name(given: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=named):
        read_settings(GOOD | given, str(tmp_path))


def test_a_refused_database_address_does_not_repeat_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings(GOOD | {"DATABASE_URL": "mysql://somebody:hunter2@host/survey"}, str(tmp_path))
    assert "hunter2" not in str(refused.value)


def run(program: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **GOOD, **settings}
    return subprocess.run(
        [sys.executable, *program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


CLI = ["-c", "from survey_app.cli import main; main()", "staff", "list"]


@pytest.mark.parametrize(
    "settings",
    [
        {"SECRET_KEY": "short"},
        {"DATABASE_URL": "nonsense"},
        {"DATABASE_URL": "sqlite:////nowhere/at/all/survey.db"},
        {"DATABASE_URL": "postgresql://127.0.0.1:1/survey"},
        {"DATABASE_URL": "sqlite://"},
    ],
    ids=str,
)
def test_the_command_line_ends_with_one_sentence_and_exit_code_three(settings: dict[str, str]) -> None:
    done = run(CLI, **settings)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_web_server_says_in_its_log_what_is_wrong_and_does_not_try_again() -> None:
    done = run(["-c", "import wsgi"], SECRET_KEY="short")
    assert done.returncode == 3
    assert "SECRET_KEY must hold" in done.stderr
    assert "Traceback" not in done.stderr
