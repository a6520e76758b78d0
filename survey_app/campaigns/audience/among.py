"""Many numbers or words as one value of a statement: it is prepared once, however many they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSON

from survey_app.extensions import db


def among_numbers(numbers: Sequence[int]) -> Select[int]:
    """Return these whole numbers as rows, for `column.in_(...)`."""
    rows: Any = _rows(numbers)
    return select(cast(rows, BigInteger))


def among_given(name: str) -> Select[int]:
    """Return the whole numbers that a statement is given later, by `given_numbers`, under a name."""
    rows: Any = _rows_of(bindparam(name, type_=Text()))
    return select(cast(rows, BigInteger))


def given_numbers(numbers: Sequence[int]) -> str:
    """Return whole numbers as the one value for `among_given`."""
    return json.dumps(list(numbers))


def among_words(words: Sequence[str]) -> Select[str]:
    """Return these words as rows, for `column.in_(...)`."""
    rows: Any = _rows(words)
    return select(cast(rows, Text))


def _rows(values: Sequence[int] | Sequence[str]) -> Any:
    return _rows_of(literal(json.dumps(list(values)), Text()))


def _rows_of(listed: ColumnElement[str]) -> Any:
    if db.session.get_bind().dialect.name == "postgresql":
        return func.json_array_elements_text(cast(listed, JSON)).table_valued("value").c.value
    return func.json_each(listed).table_valued("value").c.value
