"""Where a worker makes waiting rows into mails: each letter is made ready once for a whole round."""

from __future__ import annotations

from datetime import datetime

from survey_app.extensions import db
from survey_app.outbox.building import build
from survey_app.outbox.content import unseal
from survey_app.outbox.dialogue import Parcel
from survey_app.outbox.gateway import Sms
from survey_app.outbox.leases import TakenMail
from survey_app.outbox.letters import put_plainly
from survey_app.outbox.personalising import Reader, ReadyLetter
from survey_app.outbox.queueing import letters_by_id, unseal_values
from survey_app.outbox.verp import verp_address


class Desk:
    """Letters made ready so far."""

    def __init__(self) -> None:
        """Begin without any."""
        self._letters: dict[int, ReadyLetter] = {}

    def compose(self, mail: TakenMail, now: datetime) -> Parcel:
        """Return the mail as bytes.

        Raise InvalidToken or InvalidTag where it was stored under another SECRET_KEY, and ValueError, TypeError or
        LookupError where it is no mail.
        """
        sender = verp_address(mail.id)
        if mail.letter_id is None:
            single = unseal(mail.content or b"")
            built = build(single, mail.message_id, now)
            return Parcel(sender or single.from_address, single.to_address, built)
        letter = self._letter(mail.letter_id)
        to_name, values = unseal_values(mail.content or b"")
        content = letter.bytes_for(Reader(mail.to_address, to_name, values, mail.message_id, now))
        return Parcel(sender or letter.from_address, mail.to_address, content)

    def compose_sms(self, mail: TakenMail) -> Sms:
        """Return a short message; raise as `compose` does."""
        letter = self._letter(mail.letter_id or 0).letter
        _to_name, values = unseal_values(mail.content or b"")
        text = put_plainly(letter.text, letter.values_for(values))
        return Sms(mail.to_address, text, mail.message_id.strip("<>").partition("@")[0])

    def _letter(self, letter_id: int) -> ReadyLetter:
        if letter_id not in self._letters:
            found = letters_by_id([letter_id])[letter_id]
            # No transaction stays open while a server is waited for.
            db.session.rollback()
            self._letters[letter_id] = ReadyLetter(found)
        return self._letters[letter_id]
