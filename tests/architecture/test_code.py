"""The house rules that no linter knows: where a commit stands, how large things are, what loads in a web process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import MappedAsDataclass

from survey_app import ROOMS
from survey_app.extensions import Base

ROOT = Path(__file__).parents[2]
CODE = sorted([*(ROOT / "survey_app").rglob("*.py"), *(ROOT / "analysis").rglob("*.py")])
LONGEST_FILE = 300
LONGEST_FUNCTION = 30
LONGEST_CONFTEST = 150
# Where a request, a command or a piece of work ends; the gate writes its refusals down, the worker its leases.
MAY_COMMIT = {"routes", "api", "commands", "tasks", "gate", "cli"}
# What a task calls chunk by chunk, so that it can be taken up again where it stopped.
CHUNKS = {"survey_app/campaigns/sending/delivery.py", "survey_app/jobs/carrying.py", "survey_app/outbox/recording.py"}
# Walls with a reason: none yet.
OUTSIDE_BUDGET: set[str] = set()


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_commit(node: ast.AST) -> bool:
    called = getattr(node, "func", None)
    if not isinstance(called, ast.Attribute) or called.attr != "commit":
        return False
    owner = called.value
    return isinstance(owner, ast.Attribute) and owner.attr == "session"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_only_the_edges_commit(path: Path) -> None:
    commits = [node.lineno for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_commit(node)]
    parts = {*path.relative_to(ROOT).with_suffix("").parts}
    assert not commits or parts & MAY_COMMIT or name_of(path) in CHUNKS, f"{name_of(path)} commits in line {commits}"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_and_functions_keep_their_budgets(path: Path) -> None:
    if name_of(path) in OUTSIDE_BUDGET:
        pytest.skip("listed with its reason")
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_FILE
    for function in functions(path):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= LONGEST_FUNCTION, f"{function.name} has {lines} lines"


def test_the_fixtures_for_everybody_stay_few() -> None:
    for path in (ROOT / "tests").rglob("conftest.py"):
        assert path.read_text(encoding="utf-8").count("\n") < LONGEST_CONFTEST


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_in_a_sentence_what_it_is(room: str) -> None:
    text = ast.get_docstring(ast.parse((ROOT / "survey_app" / room / "__init__.py").read_text(encoding="utf-8")))
    assert text
    assert text.splitlines()[0].endswith(".")


def test_no_folder_stands_beside_the_rooms_unlisted() -> None:
    folders = {path.parent.name for path in (ROOT / "survey_app").glob("*/__init__.py")}
    assert folders == {*ROOMS, "cli"}


def test_every_table_rests_on_the_plain_base() -> None:
    for mapper in Base.registry.mappers:
        assert not issubclass(mapper.class_, MappedAsDataclass), "Flask-SQLAlchemy breaks with dataclass models"


def test_names_that_say_nothing_are_not_used() -> None:
    empty = {"utils", "helpers", "common", "manager", "base", "misc"}
    assert not [name_of(path) for path in CODE if path.stem in empty or path.parent.name in empty]


VISITOR = """
import sys
from survey_app import create_app
from tests.conftest import environment
from tests.architecture.test_routes import filled, our_rules
from tests.signing_in import make_organisation, make_user
from survey_app.accounts.sessions import COOKIE_ENTRY, open_session
from survey_app.extensions import db, writing
from datetime import UTC, datetime
app = create_app(environment(sys.argv[1]), TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
with app.app_context(), writing():
    db.create_all()
    make_organisation()
    make_user("agent")
    token = open_session(make_user("admin"), datetime.now(UTC))
    db.session.commit()
client = app.test_client()
with client.session_transaction() as cookie:
    cookie[COOKIE_ENTRY] = token
answers = [client.open(filled(rule), method=method).status_code
           for rule in our_rules(app) for method in sorted(rule.methods - {"OPTIONS"})
           if rule.endpoint != "accounts.sign_out"]
loaded = {"pandas", "statsmodels", "scipy", "matplotlib", "weasyprint"} & set(sys.modules)
print(len(answers), sum(code != 500 for code in answers), *sorted(loaded))
"""


def test_no_page_loads_what_only_the_worker_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", VISITOR, f"sqlite:///{tmp_path / 'visited.db'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    visited, answered, *loaded = done.stdout.split()
    assert int(visited) > 50
    assert visited == answered, done.stderr
    assert loaded == []
