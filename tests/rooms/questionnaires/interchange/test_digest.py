"""The report of an import as people read it: what matters first, equal fates once."""

from __future__ import annotations

from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.digest import MOST_NAMES, digest


def test_what_people_are_asked_comes_before_settings_and_mails() -> None:
    ledger = Ledger()
    ledger.lost("mail text", "invite", "Mails are written with the campaign.")
    ledger.lost("setting", "template", "Pages have one look.")
    ledger.changed("language", "de", "It is another.")
    ledger.lost("condition", "q2", "It cannot be said.")
    ledger.changed("question", "q1", "It is another.")
    chapters = digest(ledger.report("limesurvey").as_data())
    assert [each.kind for each in chapters] == ["question", "condition", "language", "mail text", "setting"]
    assert [each.is_weighty for each in chapters] == [True, True, True, False, False]


def test_things_that_share_a_fate_and_a_reason_are_told_once_the_lost_first() -> None:
    ledger = Ledger()
    ledger.changed("question", "q0", "It is another.")
    for number in range(MOST_NAMES + 5):
        ledger.lost("question", f"q{number}", "It is unknown.", 1 + (number == 0))
    ledger.kept("question", "kept")
    (chapter,) = digest(ledger.report("limesurvey").as_data())
    assert (chapter.n_lost, chapter.n_changed) == (MOST_NAMES + 6, 1)
    lost, changed = chapter.parts
    assert (lost.names[:2], len(lost.names), lost.n_more) == (["q0 (\N{MULTIPLICATION SIGN}2)", "q1"], MOST_NAMES, 5)
    assert (changed.message, changed.names, changed.n_more) == ("It is another.", ["q0"], 0)


def test_a_report_without_losses_has_no_chapters() -> None:
    ledger = Ledger()
    ledger.kept("question", "q0")
    assert digest(ledger.report("limesurvey").as_data()) == []
