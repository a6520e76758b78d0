"""None of the functions of analysis/ lacks a worked example in docs/statistics."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import analysis
from tests.documentation.examples import PAGES, blocks

# Packages whose functions reports and analysts call; modules below them are their own affair.
PRIVATE = {"analysis.arrays", "analysis.multiplicity", "analysis.moments", "analysis.respondents", "analysis.values"}


def _public_modules() -> list[str]:
    names = [f"analysis.{each.name}" for each in pkgutil.iter_modules(analysis.__path__)]
    return sorted(set(names) - PRIVATE)


def _functions(name: str) -> set[str]:
    """Return the functions (not the values) that a package offers: `__all__`, or all without underscore."""
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", [each for each in vars(module) if not each.startswith("_")])
    found = {
        each for each in offered if callable(getattr(module, each)) and not isinstance(getattr(module, each), type)
    }
    return {each for each in found if getattr(module, each).__module__.startswith(name)}


@pytest.mark.parametrize("name", _public_modules())
def test_every_function_has_an_example(name: str) -> None:
    examples = "\n".join(text for page in PAGES for _, text in blocks(page))
    missing = sorted(each for each in _functions(name) if f"{each}(" not in examples)
    assert not missing, f"no example in docs/statistics calls {', '.join(missing)} of {name}"
