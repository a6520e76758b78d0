"""Where the reference cases lie, beside the project where they are at hand, and how one is read."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
needs_cases = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"no reference cases at {REFERENCE}")


@cache
def case(name: str) -> dict[str, Any]:
    """Return one case: its model, definitions, expected numbers and tolerances."""
    return json.loads((REFERENCE / "cases" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def rows(name: str) -> pd.DataFrame:
    """Return the data of one case."""
    return pd.read_csv(REFERENCE / case(name)["data"]["file"])
