"""What people and companies are called in the demo: all made up."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


def draw_name(chance: random.Random, language: str) -> str:
    """Return a person's name as speakers of this language have them."""
    known = _names()
    given, family = chance.choice(known["given"][language]), chance.choice(known["family"][language])
    if language == "vi":
        return f"{family} {chance.choice(known['middle'])} {given}"
    if language == "es":
        return f"{given} {family} {chance.choice(known['family'][language])}"
    return f"{given} {family}"


def company_names() -> dict[str, list[str]]:
    """Return the names of companies by country."""
    companies: dict[str, list[str]] = _names()["companies"]
    return companies


@lru_cache(maxsize=1)
def _names() -> dict[str, Any]:
    path = Path(__file__).with_name("names.yaml")
    names: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return names
