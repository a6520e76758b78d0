from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.campaigns.timing.schedules import Schedule, ScheduleError
from survey_app.campaigns.timing.zones import ZoneError, instant_of, known_zones, wall_of, zone_named

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

# Gaps and repeated hours as the zones' own laws have them.
INSTANTS = [
    ("Asia/Ho_Chi_Minh", "2026-12-01T09:00", "2026-12-01T02:00"),
    ("Asia/Kathmandu", "2026-12-01T09:00", "2026-12-01T03:15"),
    ("Europe/Madrid", "2026-03-29T02:30", "2026-03-29T01:00"),
    ("Europe/Madrid", "2026-10-25T02:30", "2026-10-25T00:30"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
    # Half an hour only.
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
    # A whole day left out.
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ("Pacific/Kwajalein", "1993-08-21T09:00", "1993-08-21T12:00"),
    # Winter time in Ramadan, and summer time as the standard one.
    ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),
    ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),
    ("Europe/Dublin", "2026-03-29T01:30", "2026-03-29T01:00"),
    ("Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30"),
    # Midnight left out.
    ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30"),
    ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00"),
    ("America/Havana", "2026-03-08T00:30", "2026-03-08T05:00"),
    ("Pacific/Chatham", "2026-09-27T03:00", "2026-09-26T14:00"),
    # Two hours at once.
    ("Antarctica/Troll", "2026-03-29T02:00", "2026-03-29T01:00"),
]


@pytest.mark.parametrize(("zone", "wall", "expected"), INSTANTS)
def test_a_wall_time_means_the_first_instant_that_shows_it_or_follows_the_gap(
    zone: str, wall: str, expected: str
) -> None:
    assert instant_of(datetime.fromisoformat(wall), zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(
    st.sampled_from(sorted(known_zones())),
    st.datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1)).map(lambda wall: wall.replace(second=0, microsecond=0)),  # noqa: DTZ001 - wall times
)
def test_no_earlier_instant_shows_the_wall_time_or_a_later_one(zone: str, wall: datetime) -> None:
    found = instant_of(wall, zone)
    assert wall_of(found, zone) >= wall
    earlier = [found - timedelta(seconds=1), *(found - timedelta(minutes=15 * n) for n in range(1, 14))]
    assert all(wall_of(each, zone) < wall for each in earlier)


def test_zones_come_from_the_package_and_not_from_the_machine() -> None:
    assert zone_named("Asia/Ho_Chi_Minh").key == "Asia/Ho_Chi_Minh"
    for name in ("", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "europe/madrid"):
        with pytest.raises(ZoneError):
            zone_named(name)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"on": "2026-12-01", "at": "09:00", "zone": "Asia/Ho_Chi_Minh"},
        {"on": "2026-12-01", "at": "17:30", "zone": "recipient", "fallback": "Europe/Madrid"},
    ],
)
def test_a_schedule_is_stored_as_it_was_read(data: Any) -> None:
    assert Schedule.from_data(data).to_data() == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "not readable"),
        ({"at": "09:00", "zone": "Asia/Tokyo"}, "Write the day"),
        ({"on": "2026-02-30", "at": "09:00", "zone": "Asia/Tokyo"}, "Write the day"),
        ({"on": "9999-12-31", "at": "09:00", "zone": "Asia/Tokyo"}, "Write the day"),
        ({"on": 7, "at": "09:00", "zone": "Asia/Tokyo"}, "Write the day"),
        ({"on": "2026-12-01", "at": "9 o'clock", "zone": "Asia/Tokyo"}, "Write the time"),
        ({"on": "2026-12-01", "at": "24:00", "zone": "Asia/Tokyo"}, "Write the time"),
        ({"on": "2026-12-01", "at": "09:00"}, "which time zone"),
        ({"on": "2026-12-01", "at": "09:00", "zone": "recipient"}, "which time zone"),
        ({"on": "2026-12-01", "at": "09:00", "zone": "Mars/Olympus"}, "no time zone Mars/Olympus"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(ScheduleError, match=words):
        Schedule.from_data(data)


def test_a_schedule_in_the_past_is_refused_in_words() -> None:
    schedule = Schedule.from_data({"on": "2026-11-02", "at": "10:00", "zone": "Europe/Madrid"})
    assert "has passed" in (schedule.problem(NOW) or "")
    assert schedule.problem(NOW - timedelta(seconds=1)) is None
    assert Schedule().problem(NOW) is None


def test_nine_in_the_morning_is_another_instant_for_each_recipient() -> None:
    schedule = Schedule.from_data({"on": "2026-12-01", "at": "09:00", "zone": "recipient", "fallback": "Europe/Madrid"})
    assert schedule.instant("Asia/Ho_Chi_Minh") == datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    assert schedule.instant(None) == schedule.instant("Mars/Olympus") == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert schedule.starts_at == schedule.instant("Pacific/Kiritimati")
