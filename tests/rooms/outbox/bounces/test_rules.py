"""What a report means, as a table: the action first, the class of the status second, words where both are vague."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.outbox.bounces.rules import RETURNED, Verdict, verdict_of, verdict_of_reply

TABLE = [
    # action, status, diagnostic, verdict
    ("failed", "5.1.1", "", "hard"), ("failed", "5.1.2", "", "hard"), ("failed", "5.1.3", "", "hard"),
    ("failed", "5.1.6", "", "hard"), ("failed", "5.1.10", "", "hard"), ("failed", "5.2.1", "", "hard"),
    ("failed", "5.4.4", "", "hard"), ("failed", "5.4.310", "", "hard"), ("Failed (permanent)", "5.1.1", "", "hard"),
    ("failed", "5.2.2", "", "soft"), ("failed", "4.2.2", "", "soft"), ("failed", "5.2.3", "", "soft"),
    ("failed", "5.3.4", "", "soft"), ("failed", "5.4.7", "", "soft"), ("failed", "4.4.7", "", "soft"),
    ("failed", "4.1.1", "", "soft"), ("failed", "5.4.1", "", "soft"), ("failed", "5.0.0", "", "soft"),
    ("failed", "5.7.1", "", "policy"), ("failed", "5.7.26", "", "policy"), ("failed", "5.6.0", "", "policy"),
    ("failed", "5.1.8", "", "policy"), ("failed", "5.1.7", "", "policy"),
    ("delayed", "4.4.1", "", "delayed"), ("delayed", "5.1.1", "", "delayed"),
    ("delivered", "2.0.0", "", "delivered"), ("relayed", "5.1.1", "", "delivered"), ("expanded", "", "", "delivered"),
    ("", "5.1.1", "", "hard"), ("", "4.2.2", "", "delayed"), ("", "2.0.0", "", "delivered"), ("", "", "", "unknown"),
    ("bounced", "", "", "unknown"), ("failed", "", "", "unknown"), ("failed", "nonsense", "", "unknown"),
    ("failed", "15.1.1", "", "unknown"), ("failed", "5.1.1.1", "", "unknown"),
    ("failed", "", "smtp; 550 5.1.1 gone", "hard"), ("failed", "5.0.0", "smtp; 550 no such user", "hard"),
    ("failed", "5.0.0", "smtp; 550 blocked", "policy"), ("failed", "5.0.0", "smtp; 552 mailbox is full", "soft"),
    ("failed", "5.1.1", "smtp; 552 5.2.2 mailbox full", "soft"), ("failed", "5.1.1", "smtp; 451 4.7.1 later", "soft"),
    ("failed", "5.1.1", "smtp; 550 5.7.1 refused", "policy"),
    ("failed", "5.1.1", "to <spam.trap@blocked.example>", "hard"),
    ("failed", "5.1.1", "host mx.spamfilter.example said: 550 5.1.1 user unknown", "hard"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "status", "diagnostic", "verdict"), TABLE)
def test_each_report_means_what_the_table_says(action: str, status: str, diagnostic: str, verdict: str) -> None:
    assert verdict_of(action, status, diagnostic) == verdict


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=400))
def test_any_words_get_a_verdict(action: str, status: str, diagnostic: str) -> None:
    assert verdict_of(action, status, diagnostic) in Verdict
    assert verdict_of_reply(diagnostic) in {*RETURNED, Verdict.UNKNOWN}


@given(
    st.sampled_from(["delivered", "relayed", "expanded", "delayed"]), st.from_regex(r"[245]\.\d\.\d", fullmatch=True)
)
def test_nothing_but_a_failure_is_ever_dead(action: str, status: str) -> None:
    assert verdict_of(action, status, "smtp; 550 5.1.1 user unknown") in {Verdict.DELIVERED, Verdict.DELAYED}


@given(st.from_regex(r"4\.\d{1,3}\.\d{1,3}", fullmatch=True), st.text(max_size=100))
def test_a_passing_fault_is_never_dead(status: str, words: str) -> None:
    assert verdict_of("failed", status, words) is not Verdict.HARD or "5." in words
