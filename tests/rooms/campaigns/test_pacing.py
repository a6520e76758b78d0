from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.campaigns.timing.pace import Pace, PaceError, Timing
from survey_app.campaigns.timing.pacing import due_times, first_allowed
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.campaigns.timing.zones import wall_of

People = list[tuple[str | None, str]]
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ZONES = [
    None,
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Ho_Chi_Minh",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Madrid",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]
DOMAINS = ["example.org", "mail.example", "post.example"]

hours = st.integers(0, 23).map(time)
counts = st.none() | st.integers(1, 5)
paces = st.builds(
    Pace,
    over_minutes=st.none() | st.integers(1, 10_000),
    per_minute=counts,
    domain_per_minute=counts,
    quiet_from=hours,
    quiet_to=hours,
    days=st.frozensets(st.integers(1, 7), min_size=1),
    zone=st.sampled_from(["", "recipient", "Australia/Lord_Howe"]),
)
# Around the changes of the clocks, and the day that Samoa left out.
starts = st.sampled_from(
    [datetime(2011, 12, 28, tzinfo=UTC), *(datetime(2026, month, 1, tzinfo=UTC) for month in (2, 3, 4, 9, 10, 11))]
).flatmap(lambda day: st.integers(0, 30 * 86_400).map(lambda seconds: day + timedelta(seconds=seconds)))
schedules = st.sampled_from(
    [
        Schedule(),
        Schedule.from_data({"on": "2026-03-29", "at": "02:30", "zone": "recipient", "fallback": "Europe/Madrid"}),
    ]
)
people = st.lists(st.tuples(st.sampled_from(ZONES), st.sampled_from(DOMAINS)), min_size=1, max_size=40)
timings = st.builds(Timing, schedules, paces, starts, st.integers(1, 60), st.just("Europe/Madrid"))


def relevant_zone(timing: Timing, zone: str | None) -> str:
    if timing.pace.zone == "recipient":
        return zone or "Europe/Madrid"
    return timing.pace.zone or "Europe/Madrid"


def is_allowed(pace: Pace, wall: datetime) -> bool:
    if wall.isoweekday() not in pace.days:
        return False
    if pace.quiet_from is None or pace.quiet_to is None or pace.quiet_from == pace.quiet_to:
        return True
    if pace.quiet_from < pace.quiet_to:
        return not pace.quiet_from <= wall.time() < pace.quiet_to
    return pace.quiet_to <= wall.time() < pace.quiet_from


def fullest_minute(instants: Iterable[datetime]) -> int:
    return max(Counter(instant.replace(second=0) for instant in instants).values())


@settings(max_examples=150)
@given(timings, people)
def test_nothing_goes_early_in_quiet_hours_on_other_days_or_above_a_limit(timing: Timing, recipients: People) -> None:
    instants, _state = due_times(timing, recipients)
    for (zone, _domain), due in zip(recipients, instants, strict=True):
        assert due >= max(timing.start, timing.schedule.instant(zone or "") or timing.start)
        assert is_allowed(timing.pace, wall_of(due, relevant_zone(timing, zone)))
    assert fullest_minute(instants) <= (timing.pace.per_minute or len(recipients))
    for domain in DOMAINS:
        of_domain = [due for due, who in zip(instants, recipients, strict=True) if who[1] == domain]
        assert fullest_minute(of_domain or [START]) <= (timing.pace.domain_per_minute or len(recipients))


@settings(max_examples=80)
@given(timings, people, st.integers(0, 40))
def test_chunks_get_the_same_instants_as_all_at_once(timing: Timing, recipients: People, cut: int) -> None:
    whole, _state = due_times(timing, recipients)
    first, state = due_times(timing, recipients[:cut])
    rest, _state = due_times(timing, recipients[cut:], json.loads(json.dumps(state)))
    assert first + rest == whole


@settings(max_examples=80)
@given(timings, people)
def test_in_one_zone_and_domain_nobody_overtakes(timing: Timing, recipients: People) -> None:
    instants, _state = due_times(timing, recipients)
    for who in set(recipients):
        own = [due for due, each in zip(instants, recipients, strict=True) if each == who]
        assert own == sorted(own)


def test_a_spread_lies_evenly_over_the_open_hours_and_ends_in_time() -> None:
    pace = Pace.from_data({"over_minutes": 2 * 24 * 60, "quiet": ["20:00", "08:00"], "zone": "UTC"})
    instants, _state = due_times(Timing(Schedule(), pace, START, 24), [(None, "example.org")] * 24)
    assert Counter(due.date().day for due in instants) == {2: 11, 3: 12, 4: 1}
    assert instants[0] == START
    assert instants[-1] < START + timedelta(days=2)


def test_nights_that_are_an_hour_longer_or_shorter_stay_quiet() -> None:
    pace = Pace.from_data({"quiet": ["21:00", "02:30"], "zone": "Europe/Madrid"})
    # 02:30 does not exist on this night: 03:00 is the first allowed minute.
    assert first_allowed(pace, "UTC", datetime(2026, 3, 28, 23, 0, tzinfo=UTC)).hour == 1
    # On this night 02:30 comes twice, and between them it is 02:00 again: quiet.
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert first_allowed(pace, "UTC", again) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_hundred_thousand_instants_are_there_within_a_second() -> None:
    pace = Pace.from_data(
        {
            "over_minutes": 4320,
            "per_minute": 30,
            "domain_per_minute": 20,
            "quiet": ["21:00", "08:00"],
            "zone": "recipient",
        }
    )
    recipients = [(ZONES[n % len(ZONES)], DOMAINS[n % 3]) for n in range(100_000)]
    began = process_time()
    instants, _state = due_times(Timing(Schedule(), pace, START, len(recipients)), recipients)
    assert process_time() - began < 1
    assert fullest_minute(instants) == 30


def test_what_a_limit_remembers_is_small() -> None:
    pace = Pace.from_data({"per_minute": 100, "quiet": ["21:00", "08:00"], "zone": "recipient"})
    recipients = [(ZONES[n % len(ZONES)], DOMAINS[n % 3]) for n in range(20_000)]
    _instants, state = due_times(Timing(Schedule(), pace, START, len(recipients)), recipients)
    assert len(json.dumps(state)) < 1000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("fast", "not readable"),
        ({"per_minute": 0}, "from 1 to"),
        ({"per_minute": True}, "from 1 to"),
        ({"domain_per_minute": 10**9}, "from 1 to"),
        ({"over_minutes": "a week"}, "from 1 to"),
        ({"quiet": ["21:00"]}, "a beginning and an end"),
        ({"quiet": ["21:00", "soon"]}, "Write the time"),
        ({"quiet": ["21:00", "21:00"]}, "never end"),
        ({"days": []}, "at least one day"),
        ({"days": [0]}, "at least one day"),
        ({"days": [1, 1]}, "at least one day"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
    ],
)
def test_a_pace_that_makes_no_sense_is_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(PaceError, match=words):
        Pace.from_data(data)


def test_a_pace_is_stored_as_it_was_read() -> None:
    data = {"per_minute": 100, "zone": "recipient", "quiet": ["21:00", "08:00"], "days": [1, 2, 3, 4, 5]}
    assert Pace.from_data(data).to_data() == data
    assert Pace.from_data({}).to_data() == {}
