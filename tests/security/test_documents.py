"""Questionnaires and mappings as traps: references that multiply, nesting without end, wrong kinds of values."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from survey_app.datasets.mapping import FORMAT, MappingError, parse_mapping
from survey_app.datasets.tables import FileRefusedError, read_table
from survey_app.questionnaires.interchange import read_text
from survey_app.web.documents import DocumentError, read_document

ROOT = Path(__file__).parents[2]
LISTS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGED = "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10))
TRAPS = {
    "lists that multiply": LISTS,
    "groups that multiply": MERGED,
    "leads to itself": "&a [*a]",
    "nested without end": "[" * 5000 + "]" * 5000,
    "an impossible day": "columns: {number: 2017-99-99}",
    "a number without end": "a: " + "1" * 6000,
    "no key": "{a: 1}: {? [b] : 2}",
    "a program": "!!python/object/apply:os.system ['true']",
    "too much": "a" * 1_000_001,
    "another encoding": b"caf\xe9: 1",
    "not closed": "columns: {a",
    "two documents": "--- 1\n--- 2\n",
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_a_trap_is_refused_in_words_and_at_once(app: Flask, trap: str | bytes) -> None:
    began = time.monotonic()
    with app.test_request_context(), pytest.raises(DocumentError, match=r"\w+ .*\."):
        read_document(trap)
    assert time.monotonic() - began < 20  # hours, without the check


def test_references_that_save_writing_are_read(app: Flask) -> None:
    with app.test_request_context():
        assert read_document("a: &a [1, 2]\nb: *a\nc: {<<: {d: 1}}") == {"a": [1, 2], "b": [1, 2], "c": {"d": 1}}
        assert read_text((ROOT / "docs/examples/airport.yaml").read_bytes()).items


def mapping(**changed: object) -> dict[str, object]:
    columns = {"A": {"item": "nps"}}
    return {"format": FORMAT, "columns": columns, "constants": {"campaign": "C", "date": None}} | changed


@pytest.mark.parametrize(
    "wrong",
    [
        {"missing_sets": {"a": {"1": ["x"]}}},
        {"missing_sets": {"a": {"1": {"x": {}}}}},
        {"missing_sets": ["a"]},
        {"columns": {"A": {"item": "nps", "missing": {"1": [1]}}}},
        {"columns": {"A": {"item": "nps", "values": [1]}}},
        {"columns": {1: [1]}},
        {"constants": {"campaign": "c" * 201}},
        {"constants": {"campaign": "c", "wave": "w" * 81}},
        {"constants": {"campaign": "c", "wave_order": 10**30}},
        {"constants": [1]},
    ],
    ids=str,
)
def test_a_mapping_of_wrong_kinds_is_refused_with_findings(wrong: dict[str, object]) -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping(mapping(**wrong))
    assert all(finding.endswith(".") for finding in refused.value.findings)


@pytest.mark.parametrize("encoding", ["undefined", "idna", "base64", "a\0b", "no such thing", "rot13"])
def test_an_encoding_that_is_none_is_refused_in_words(encoding: str) -> None:
    with pytest.raises(FileRefusedError, match="encoding"):
        read_table(b"A\n\xff5\n", encoding)
