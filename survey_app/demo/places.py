"""Where the demo's company has branches."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Roble & Sen"


@dataclass(frozen=True, slots=True)
class Country:
    """One of the company's countries; `languages` with the share of customers who speak them."""

    code: str
    name: str
    time_zone: str
    # Hours of the local day in UTC, to let people answer while they are awake.
    utc_offset: int
    branches: tuple[str, ...]
    languages: dict[str, float]
    share_of_customers: float
    share_who_answer: float


COUNTRIES = (
    Country(
        code="US",
        name="United States",
        time_zone="America/Chicago",
        utc_offset=-6,
        branches=("Portland", "Austin", "Boston"),
        languages={"en": 0.86, "es": 0.1, "vi": 0.04},
        share_of_customers=0.34,
        share_who_answer=0.44,
    ),
    Country(
        code="VN",
        name="Vietnam",
        time_zone="Asia/Ho_Chi_Minh",
        utc_offset=7,
        branches=("Hà Nội", "Đà Nẵng", "TP. Hồ Chí Minh"),
        languages={"vi": 0.93, "en": 0.07},
        share_of_customers=0.38,
        share_who_answer=0.52,
    ),
    Country(
        code="ES",
        name="Spain",
        time_zone="Europe/Madrid",
        utc_offset=1,
        branches=("Madrid", "Sevilla", "Valencia"),
        languages={"es": 0.94, "en": 0.06},
        share_of_customers=0.28,
        share_who_answer=0.48,
    ),
)
