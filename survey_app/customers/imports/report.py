"""The report of refused rows: line, reason, and the cells as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from survey_app.customers.models import RefusedRow


def report_rows(refused: Iterable[RefusedRow]) -> Iterator[list[object]]:
    """Yield the report's heading and one line per refused row."""
    yield [_("Line"), _("Reason"), _("Cells")]
    for each in refused:
        yield [each.line, each.reason, *each.row.get("cells", [])]
