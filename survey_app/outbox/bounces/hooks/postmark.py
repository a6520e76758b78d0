"""Postmark's notices, which are not signed but sent with a user name and password; the secret is `user:password`.

Postmark knows mails by numbers of its own, so its notices must include the bounce's content (a box to tick there):
our Message-ID stands in it. Or the mail carries the metadata `message-id`.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from hmac import compare_digest

from survey_app.outbox.bounces.hooks.notices import (
    Event,
    HookError,
    Notice,
    WrongSignatureError,
    event,
    field,
    message_id,
    parsed,
    storable,
    text,
)
from survey_app.outbox.bounces.parts import message_ids_in
from survey_app.outbox.bounces.rules import Verdict, status_of, verdict_of_reply

_KINDS = {
    "HardBounce": Verdict.HARD,
    "BadEmailAddress": Verdict.HARD,
    "SpamComplaint": Verdict.COMPLAINT,
    "SoftBounce": Verdict.SOFT,
    "Transient": Verdict.DELAYED,
    "DnsError": Verdict.SOFT,
    "Undeliverable": Verdict.SOFT,
    "SpamNotification": Verdict.POLICY,
    "Blocked": Verdict.POLICY,
    "DMARCPolicy": Verdict.POLICY,
    "VirusNotification": Verdict.POLICY,
}
LONGEST_CONTENT = 100_000


def read(notice: Notice) -> list[Event]:
    """Return the event of a notice; raise HookError where it did not come with the password."""
    if ":" not in notice.secret:
        raise HookError(403, "SURVEY_HOOK_POSTMARK must be user:password, as in the address given to Postmark.")
    if not compare_digest(_credentials(notice), notice.secret.encode()):
        raise WrongSignatureError("This notice came without the right user name and password. Nothing was stored.")
    told = parsed(notice.body)
    verdict, number = _verdict(told), text(told, "ID") or text(told, "MessageID")
    if verdict is None or not number:
        return []
    content = field(told, "Content")
    in_content = message_ids_in(storable(content[:LONGEST_CONTENT])) if isinstance(content, str) else ()
    ids = message_id(text(told, "Metadata", "message-id")) + in_content
    key = f"{text(told, 'RecordType')}:{number}"
    recipient = text(told, "Email") or text(told, "Recipient")
    detail = text(told, "Details") or text(told, "Description")
    return [event(key, verdict, recipient, ids, status=status_of(detail), detail=detail)]


def _verdict(told: object) -> Verdict | None:
    kind = text(told, "RecordType")
    if kind in {"SpamComplaint", "Delivery"}:
        return Verdict.COMPLAINT if kind == "SpamComplaint" else Verdict.DELIVERED
    verdict = _KINDS.get(text(told, "Type")) if kind == "Bounce" else None
    if verdict is Verdict.HARD:
        # The server's own words spare an address that was refused because of us, or is only full.
        own = verdict_of_reply(text(told, "Details"))
        return own if own in {Verdict.POLICY, Verdict.SOFT} and status_of(text(told, "Details")) else verdict
    return verdict


def _credentials(notice: Notice) -> bytes:
    kind, _blank, encoded = notice.header("Authorization").partition(" ")
    if kind.casefold() != "basic":
        return b""
    try:
        return b64decode(encoded, validate=True)
    except (Base64Error, ValueError):
        return b""
