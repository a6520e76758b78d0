"""What one web process weighs after ten thousand journeys: `python -m tests.benchmarks.web_memory`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from flask_migrate import upgrade

from survey_app import create_app
from survey_app.extensions import db
from tests.benchmarks.journeys import ANSWERS, installation, invite, the_questionnaire
from tests.benchmarks.serving import run_cell, serving
from tests.benchmarks.stores import store
from tests.factories.answering import a_fielding

LIMIT_MB = 130
N_CLIENTS = 4


def measure(n_journeys: int = 10_000) -> list[dict[str, Any]]:
    """Return the row of this benchmark: the process's share of memory (PSS), and what it had at first."""
    with tempfile.TemporaryDirectory(prefix="memory-") as name, store("sqlite") as place:
        folder = Path(name)
        environ = installation(folder, place)
        with create_app(environ).app_context():
            upgrade()
            paths = invite(a_fielding(the_questionnaire()).id, n_journeys)
            db.engine.dispose()
        with serving("wsgi:app", environ, folder, "--workers", "1") as server:
            run_cell(server, paths[:100], ANSWERS)
            at_first = server.memory_mb()
            run_cell(server, paths[100:], ANSWERS, N_CLIENTS)
            at_last = server.memory_mb()
            loaded = server.loaded("statsmodels", "pandas", "numpy", "scipy")
    if loaded:
        raise RuntimeError(f"the web process has loaded {', '.join(loaded)}")
    return [
        {
            "name": "web-memory-mb",
            "value": round(at_last, 1),
            "unit": "MB",
            "peer": "limit",
            "peer_value": LIMIT_MB,
            "ratio": round(LIMIT_MB / at_last, 2),
            "target": 1,
            "n": n_journeys,
            "MB after the first hundred journeys": f"{at_first:.1f}",
        }
    ]


if __name__ == "__main__":
    print(json.dumps(measure(*[int(each) for each in sys.argv[1:]]), indent=2))
