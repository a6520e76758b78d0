"""How templates write values: in the reader's language and time zone, shares as percentages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from babel import Locale, dates, numbers
from flask import Flask, request, url_for
from flask_babel import get_locale, get_timezone

from survey_app.web.forms import flat_errors, form_errors

Number = int | float | Decimal
Length = Literal["full", "long", "medium", "short"]
THOUSAND = 1000
NOTHING = "–"  # noqa: RUF001 - the dash that stands for no value


def bind(app: Flask) -> None:
    """Make the filters and the small functions known to every template."""
    app.jinja_env.filters.update(
        percent=percent,
        number=number,
        date=day,
        datetime=instant,
        time=clock,
        file_size=file_size,
        plain_value=plain_value,
        flat_errors=flat_errors,
        form_errors=form_errors,
    )
    app.jinja_env.globals.update(here=here, with_query=with_query, control_attributes=control_attributes)


def percent(share: Number | None, digits: int = 0) -> str:
    """Return a share of 0 to 1 as a percentage."""
    if share is None:
        return NOTHING
    locale = _locale()
    pattern = numbers.parse_pattern(locale.percent_formats[None].pattern)
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(share, locale))


def number(value: Number | None, digits: int = 0) -> str:
    """Return a number with this many decimals and the reader's separators."""
    if value is None:
        return NOTHING
    decimals = "." + "0" * digits if digits else ""
    return numbers.format_decimal(value, format=f"#,##0{decimals}", locale=_locale())


def day(value: date | datetime | None, length: Length = "medium") -> str:
    """Return a day in the reader's language; of an instant, the day in the organisation's time zone."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone())
    return dates.format_date(value, format=length, locale=_locale())


def instant(value: datetime | None, length: Length = "medium") -> str:
    """Return an instant in the reader's language and the organisation's time zone, without seconds."""
    if value is None:
        return NOTHING
    local = value.astimezone(get_timezone())
    written = dates.get_datetime_format(length, locale=_locale())
    clock = dates.format_time(local, format="short", locale=_locale())
    return str(written).replace("{0}", clock).replace("{1}", day(local, length)).replace("'", "")


def clock(value: datetime | None) -> str:
    """Return the time of day of an instant in the organisation's time zone, without seconds."""
    return NOTHING if value is None else dates.format_time(value.astimezone(get_timezone()), "short", locale=_locale())


def file_size(n_bytes: int) -> str:
    """Return a size in the unit people use for it."""
    size, unit = float(n_bytes), "B"
    for larger in ("kB", "MB", "GB"):
        if size < THOUSAND:
            break
        size, unit = size / THOUSAND, larger
    return f"{number(size, 0 if unit == 'B' else 1)} {unit}"


def plain_value(value: Any) -> str:
    """Return a stored value as a line people can read: lists with commas, documents as name and value."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {plain_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(plain_value(inner) for inner in value)
    return NOTHING if value is None else str(value)


def here() -> str:
    """Return the local address of this page, to come back to."""
    return request.full_path.rstrip("?")


def with_query(**changes: Any) -> str:
    """Return this page's address with some query values changed; None takes one out."""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False), **changes}
    return url_for(str(request.endpoint), **values)


def control_attributes(field: Any, described_by: str, **attributes: Any) -> dict[str, Any]:
    """Return the attributes that make a control look right and say what describes it."""
    classes = {"BooleanField": "form-check-input", "SelectField": "form-select"}.get(field.type, "form-control")
    if field.errors:
        classes += " is-invalid"
        attributes["aria_invalid"] = "true"
    if described_by:
        attributes["aria_describedby"] = described_by
    given = attributes.pop("class", "")
    return {**attributes, "class_": f"{classes} {given}".strip()}


def _locale() -> Locale:
    """Return the reader's locale; English where nobody reads (commands, tasks)."""
    return get_locale() or Locale("en")
