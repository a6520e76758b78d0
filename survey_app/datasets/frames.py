"""A dataset: the answers of a survey under a filter as a DataFrame with its codebook, ready for `analysis`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.values import Codebook, MissingReason
from survey_app.datasets.filters import ResponseFilter
from survey_app.datasets.queries import dataset_rows

NUMERIC = frozenset({"nps", "csat", "ces", "likert", "number"})


@dataclass(frozen=True, slots=True)
class Dataset:
    """The only form in which answers reach `analysis`.

    `answers` has one column per measure: floats with NaN for scales and numbers, objects for the rest (a ranking is a
    list of option codes, a constant sum a mapping of them to amounts, a date an ISO text). `reasons` has the same
    shape and holds why a value is absent, or None. `about` has, row by row, `completed_at`, `campaign_id`, `wave`,
    `wave_order`, `language`, `channel`, `customer_id`, `response` (its public id) and `weight`, one column
    `profile.<code>` per attribute, and one `variant.<code>` per item of a split ballot: the variant shown, or None.
    """

    answers: pd.DataFrame
    reasons: pd.DataFrame
    about: pd.DataFrame
    codebook: Codebook

    @property
    def weights(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the design weights, each wave normalised to its own number of answers."""
        weights = self.about["weight"].astype(float)
        means = weights.groupby(self.about["campaign_id"]).transform("mean")
        return np.asarray(weights / means, dtype=float)

    @property
    def is_weighted(self) -> bool:
        """Return whether any answer counts more than another."""
        return bool((self.about["weight"] != self.about["weight"].iloc[:1].mean()).any())

    def is_reason(self, code: str, *reasons: MissingReason) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return, row by row, whether a measure is absent for one of these reasons."""
        wanted = [reason.value for reason in reasons]
        return np.asarray(self.reasons[code].isin(wanted), dtype=bool)

    def where(self, rows: np.ndarray[Any, np.dtype[np.bool_]]) -> Dataset:
        """Return the dataset of the rows that are true."""
        pick = np.flatnonzero(rows)
        return Dataset(
            self.answers.iloc[pick].reset_index(drop=True),
            self.reasons.iloc[pick].reset_index(drop=True),
            self.about.iloc[pick].reset_index(drop=True),
            self.codebook,
        )


def dataset_of(survey_id: int, chosen: ResponseFilter, codebook: Codebook) -> Dataset:
    """Return a survey's completions under a filter as a dataset, oldest first."""
    records = [_record(row) for row in dataset_rows(survey_id, chosen)]
    about = pd.DataFrame([record["about"] for record in records], columns=_about_columns(records, codebook))
    values = pd.DataFrame({item.code: _column(item.code, item.kind, records) for item in codebook.items})
    reasons = pd.DataFrame(
        {
            item.code: pd.Series([_reason(record, item.code) for record in records], dtype=object)
            for item in codebook.items
        },
    )
    return Dataset(values, reasons, about, codebook)


def _record(row: Any) -> dict[str, Any]:
    about = {name: getattr(row, name) for name in ABOUT}
    about |= {f"profile.{code}": value for code, value in row.profile.items()}
    about |= {f"variant.{code}": variant for code, variant in (row.shown or {}).get("variants", {}).items()}
    return {"about": about, "answers": row.answers, "missing": row.missing}


ABOUT = (
    "response",
    "completed_at",
    "campaign_id",
    "wave",
    "wave_order",
    "language",
    "channel",
    "customer_id",
    "weight",
)


def _about_columns(records: list[dict[str, Any]], codebook: Codebook) -> list[str]:
    variants = {f"variant.{code}" for code in codebook.ballots()}
    more = sorted({name for record in records for name in record["about"]} - set(ABOUT) | variants)
    return [*ABOUT, *more]


def _column(code: str, kind: str, records: list[dict[str, Any]]) -> pd.Series[Any]:
    values = [record["answers"].get(code) for record in records]
    if kind in NUMERIC:
        return pd.Series([np.nan if value is None else float(value) for value in values], dtype=float)
    return pd.Series(values, dtype=object)


def _reason(record: dict[str, Any], code: str) -> str | None:
    if code in record["answers"]:
        return None
    return str(record["missing"].get(code, MissingReason.NOT_ASKED.value))
