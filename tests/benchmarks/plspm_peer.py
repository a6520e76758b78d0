"""One fit of Python plspm at a time, in an environment of its own: reads jobs as lines of JSON, answers likewise.

The first line holds columns, blocks and paths; every further line asks for one fit. The answer holds the seconds that
it took, results read out, and the path coefficients. Columns come standardised, as plspm divides raw ones by one
common spread; that is also its fastest way.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pandas as pd
import plspm.config
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme


def config(job: dict[str, Any]) -> plspm.config.Config:
    """Return the model in plspm's terms."""
    structure = plspm.config.Structure()
    for start, end in job["paths"]:
        structure.add_path([start], [end])
    model = plspm.config.Config(structure.path(), scaled=False)
    for construct, items in job["blocks"].items():
        model.add_lv(construct, Mode.A, *[plspm.config.MV(item) for item in items])
    return model


def fitted(data: pd.DataFrame, job: dict[str, Any]) -> dict[str, Any]:
    """Return the seconds of one fit, from rows to results, and its path coefficients."""
    start = time.perf_counter()
    found = Plspm(data, config(job), Scheme.PATH, iterations=300, tolerance=1e-10)
    paths, _scores, _effects = found.path_coefficients(), found.scores(), found.effects()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "paths": [float(paths.loc[end, begin]) for begin, end in job["paths"]]}


def main() -> None:
    """Answer until the input ends."""
    job = json.loads(sys.stdin.readline())
    data = pd.DataFrame(job["columns"])
    for _ in sys.stdin:
        print(json.dumps(fitted(data, job)), flush=True)


if __name__ == "__main__":
    main()
