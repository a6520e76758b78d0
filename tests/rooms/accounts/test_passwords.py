"""Which passwords are refused, by truth table."""

from __future__ import annotations

import pytest

from survey_app.accounts.passwords import Weakness, find_weakness

CONTEXT = ("linh.tran@harbourlane.example", "Trần Thị Linh", "Harbour Lane Stores")


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("h8Q!x2z", Weakness.TOO_SHORT),
        ("h8Q!x2zw", None),
        ("x" * 201, Weakness.TOO_LONG),
        ("correct horse battery staple", None),
        ("Mưa rào tháng sáu, xe đạp đỏ", None),
        ("aaaaaaaaaaaa", Weakness.TOO_PLAIN),
        ("abababababab", Weakness.TOO_PLAIN),
        ("12345678", Weakness.TOO_PLAIN),
        ("98765432", Weakness.TOO_PLAIN),
        ("abcdefghij", Weakness.TOO_PLAIN),
        ("qwertyuiop", Weakness.TOO_PLAIN),
        ("poiuytrewq", Weakness.TOO_PLAIN),
        ("Password1!", Weakness.TOO_KNOWN),
        ("P@ssw0rd2026", Weakness.TOO_KNOWN),
        ("password12345678", Weakness.TOO_KNOWN),
        ("Contraseña22", Weakness.TOO_KNOWN),
        ("MậtKhẩu2026", Weakness.TOO_KNOWN),
        ("HarbourLane1", Weakness.TOO_KNOWN),
        ("linh2026!!", Weakness.TOO_KNOWN),
        ("Trần-Linh-1990", Weakness.TOO_KNOWN),
        ("harbour boats sleep under green lamps", None),
    ],
)
def test_a_password_is_refused_for_what_is_wrong_with_it(password: str, weakness: Weakness | None) -> None:
    assert find_weakness(password, CONTEXT) is weakness


def test_what_is_known_of_others_is_no_reason() -> None:
    assert find_weakness("HarbourLane1x", ()) is None
