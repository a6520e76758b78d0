"""Instants as both databases can compare them: whole days from one to another, and the day of one in UTC."""

from __future__ import annotations

from sqlalchemy import Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class DaysBetween(GenericFunction[float]):
    """Whole days from one instant to a later one."""

    type = Float()
    inherit_cache = True
    name = "days_between"


@compiles(DaysBetween, "sqlite")
def _days_sqlite(element: DaysBetween, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(DaysBetween, "postgresql")
def _days_postgres(element: DaysBetween, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"trunc(extract(epoch from (({later}) - ({earlier}))) / 86400)"


class IsoDay(GenericFunction[str]):
    """The day of an instant in UTC, as 2026-01-31."""

    type = String()
    inherit_cache = True
    name = "iso_day"


@compiles(IsoDay, "sqlite")
def _day_sqlite(element: IsoDay, compiler: SQLCompiler, **options: object) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(IsoDay, "postgresql")
def _day_postgres(element: IsoDay, compiler: SQLCompiler, **options: object) -> str:
    return f"to_char(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
