"""Samples of what the common mail servers send back, each with the verdict it must get."""

# ruff: noqa: E501 - the words of servers stay in one line each
from __future__ import annotations

from dataclasses import dataclass

from survey_app.outbox.bounces.rules import Verdict
from tests.rooms.outbox.bounces.writing import RECIPIENT, Frame, Told, complaint, dsn, multipart, original, plain

HARD, SOFT, POLICY, COMPLAINT = Verdict.HARD, Verdict.SOFT, Verdict.POLICY, Verdict.COMPLAINT
DELAYED, DELIVERED, IGNORED, UNPROVEN = Verdict.DELAYED, Verdict.DELIVERED, Verdict.IGNORED, Verdict.UNPROVEN


@dataclass(frozen=True)
class Sample:
    """One mail that comes back, and what it means."""

    name: str
    raw: bytes
    verdict: Verdict


def failed(status: str, diagnostic: str, **fields: str) -> Told:
    """Return a failure with this status and these words."""
    return Told(status=status, diagnostic=diagnostic, **fields)


def said(status: str, diagnostic: str, **fields: str) -> bytes:
    """Return a whole report of such a failure."""
    return dsn(failed(status, diagnostic, **fields))


HEADERS_ONLY = Frame(original_kind="text/rfc822-headers")
REPORTS = [
    # Postfix
    Sample("postfix unknown user", said("5.1.1", f"smtp; 550 5.1.1 <{RECIPIENT}>: Recipient address rejected: User unknown in virtual mailbox table"), HARD),
    Sample("postfix no such domain", said("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=example.org type=MX: Host not found"), HARD),
    Sample("postfix null mx", said("5.1.0", "X-Postfix; Domain example.org does not accept mail (nullMX)"), HARD),
    Sample("postfix bad domain", said("5.1.2", "X-Postfix; bad domain"), HARD),
    Sample("postfix expired", said("4.4.1", "X-Postfix; connect to mx.example.org[192.0.2.7]:25: Connection timed out"), SOFT),
    Sample("postfix delayed", dsn(Told(action="delayed", status="4.4.1", diagnostic="X-Postfix; connection refused")), DELAYED),
    Sample("postfix delayed with a hard number", dsn(Told(action="delayed", status="5.1.1")), DELAYED),
    Sample("postfix full mailbox", said("5.2.2", "smtp; 552 5.2.2 mailbox over quota"), SOFT),
    Sample("postfix with dsn original", said("5.1.1", "smtp; 550 5.1.1 unknown", original=f"rfc822;{RECIPIENT}"), HARD),
    Sample("postfix headers only", dsn(frame=HEADERS_ONLY), HARD),
    # Exim
    Sample("exim unrouteable", said("5.0.0", "", final=f"rfc822;{RECIPIENT}"), SOFT),
    Sample("exim unrouteable in words", said("5.0.0", "X-exim; Unrouteable address"), HARD),
    Sample("exim remote refusal", said("5.0.0", "smtp; 550 5.1.1 no such user here"), HARD),
    Sample("exim retry time out", said("5.0.0", "smtp; 451 Temporary local problem: retry timeout exceeded"), SOFT),
    # Sendmail
    Sample("sendmail user unknown", said("5.1.1", "SMTP; 550 5.1.1 User unknown", final=f"RFC822; {RECIPIENT}"), HARD),
    Sample("sendmail too large", said("5.2.3", "SMTP; 552 5.2.3 Message size exceeds fixed maximum"), SOFT),
    Sample("sendmail warning", dsn(Told(action="delayed", status="4.4.2", diagnostic="")), DELAYED),
    # Exchange, Office 365
    Sample("office not found", said("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"), HARD),
    Sample("office domain gone", said("5.4.310", "smtp;550 5.4.310 DNS domain example.org does not exist"), HARD),
    Sample("office full", said("5.2.2", "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"), SOFT),
    Sample("office spam policy", said("5.7.1", "smtp;550 5.7.1 Service unavailable, client host blocked"), POLICY),
    Sample("office authentication", said("5.7.515", "smtp;550 5.7.515 Access denied, sending domain does not meet the required authentication level"), POLICY),
    Sample("office restricted recipient", said("5.7.133", "smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"), POLICY),
    Sample("office loop", said("5.4.6", "smtp;554 5.4.6 Hop count exceeded - possible mail loop"), SOFT),
    Sample("exchange status in base64", dsn(frame=Frame(encoding="base64")), HARD),
    # Gmail
    Sample("gmail no such user", said("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking the address"), HARD),
    Sample("gmail disabled", said("5.2.1", "smtp; 550-5.2.1 The email account that you tried to reach is disabled."), HARD),
    Sample("gmail over quota", said("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space."), SOFT),
    Sample("gmail too fast", said("5.2.1", "smtp; 550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages"), SOFT),
    Sample("gmail unauthenticated", said("5.7.26", "smtp; 550-5.7.26 Unauthenticated email from example.org is not accepted"), POLICY),
    # Yahoo style
    Sample("yahoo no account", said("5.0.0", "smtp; 554 delivery error: dd This user doesn't have a yahoo.example account"), HARD),
    Sample("yahoo disabled", said("5.0.0", "smtp; 554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30). Account disabled"), HARD),
    Sample("yahoo deferred", dsn(Told(action="failed", status="4.7.0", diagnostic="smtp; 421 4.7.0 [TSS04] Messages temporarily deferred due to user complaints")), SOFT),
    Sample("outlook unavailable", said("5.5.0", "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable"), HARD),
    # Providers
    Sample("ses bounce by mail", said("5.1.1", "smtp; 550 5.1.1 recipient unknown", final=f"RFC822; {RECIPIENT}"), HARD),
    Sample("ses suppressed before", said("5.1.1", "smtp; 550 5.1.1 Amazon SES did not send the message: address on suppression list, mailbox does not exist"), HARD),
    Sample("sparkpost blocked", said("5.7.1", "smtp; 550 5.7.1 Blocked by reputation filter"), POLICY),
    Sample("sparkpost content", said("5.6.0", "smtp; 554 5.6.0 content rejected"), POLICY),
    Sample("zimbra unknown", said("5.1.1", f"smtp; 550 5.1.1 <{RECIPIENT}>: Recipient address rejected: {RECIPIENT}"), HARD),
    Sample("zimbra over quota", said("5.2.2", "LMTP; 552 5.2.2 Over quota"), SOFT),
    Sample("dovecot full", said("5.2.2", "lmtp; 552 5.2.2 Quota exceeded (mailbox for user is full)"), SOFT),
    Sample("greylisted to the end", said("4.7.1", "smtp; 450 4.7.1 Greylisting in action, please come back later"), SOFT),
    Sample("expired", said("5.4.7", "smtp; 554 5.4.7 delivery time expired"), SOFT),
    Sample("blocklist with a hard number", said("5.1.1", "smtp; 550 5.1.1 rejected: client host is listed by zen.example on a blocklist"), POLICY),
    Sample("bad sender", said("5.1.8", "smtp; 550 5.1.8 Sender address rejected: Domain not found"), POLICY),
    # Forms of the standard
    Sample("delivered", dsn(Told(action="delivered", status="2.0.0", diagnostic="")), DELIVERED),
    Sample("relayed", dsn(Told(action="relayed", status="2.1.9", diagnostic="")), DELIVERED),
    Sample("delivered whatever the number", dsn(Told(action="delivered", status="5.1.1", diagnostic="")), DELIVERED),
    Sample("no action", dsn(Told(action="", diagnostic="")), HARD),
    Sample("no status", dsn(Told(status="", diagnostic="smtp; 550 5.1.1 unknown")), HARD),
    Sample("utf-8 form", dsn(Told(final=f"utf-8; {RECIPIENT}"), frame=Frame(status_kind="message/global-delivery-status", original_kind="message/global")), HARD),
    Sample("utf-8 form in base64", dsn(frame=Frame(status_kind="message/global-delivery-status", encoding="base64")), HARD),
    Sample("utf-8 with marks for letters", dsn(Told(final=r"utf-8; \x{61}n@example.org")), HARD),
    Sample("another spelling", dsn(Told(final="rfc822; AN@Example.ORG")), HARD),
    Sample("forwarded, original ours", dsn(Told(final="rfc822; other@example.net", original=f"rfc822; {RECIPIENT}")), HARD),
    Sample("several recipients", dsn(Told(final="rfc822; other@example.net", status="2.0.0", action="delivered"), Told()), HARD),
    # Complaints
    Sample("complaint", complaint(), COMPLAINT),
    Sample("complaint naming nobody", complaint(fields=""), COMPLAINT),
    Sample("not spam after all", complaint("not-spam"), IGNORED),
    Sample("report on a signature", complaint("auth-failure"), IGNORED),
]  # fmt: skip

QMAIL = f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{RECIPIENT}>:
192.0.2.9 does not like recipient.
Remote host said: 550 5.1.1 no such user here
Giving up on 192.0.2.9.

--- Below this line is a copy of the message.

Return-Path: <surveys@example.org>
{original()}
Please tell us.
"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {RECIPIENT}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

{original()}
"""
SENDMAIL = f"""The original message was received at Mon, 2 Nov 2026 09:00:00 GMT

   ----- The following addresses had permanent fatal errors -----
<{RECIPIENT}>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.org.:

   ----- Original message follows -----
Received: from here
{original()}
"""
EXCHANGE = f"""Your message did not reach some or all of the intended recipients.

      Subject:  How was your flight?
      Sent:     11/2/2026 9:00 AM

The following recipient(s) could not be reached:

      {RECIPIENT} on 11/2/2026 9:01 AM
            The e-mail account does not exist at the organization this message was sent to.
            <mail.example.org #5.1.1>

Returned message follows
{original()}
"""
POSTFIX = f"""This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not be delivered.

<{RECIPIENT}>: host mx.example.org[192.0.2.7] said: 550 5.1.1
    User unknown (in reply to RCPT TO command)

--- Original message
{original()}
"""
OLDER = [
    Sample("qmail", plain(QMAIL), HARD),
    Sample("qmail full", plain(QMAIL.replace("550 5.1.1 no such user here", "552 mailbox is full")), SOFT),
    Sample("old exim", plain(EXIM, headers=f"X-Failed-Recipients: {RECIPIENT}\n"), HARD),
    Sample("old exim warning", plain(EXIM.replace("This is a permanent error", "The message has not yet been delivered")), DELAYED),
    Sample("old sendmail", plain(SENDMAIL), HARD),
    Sample("old sendmail warning", plain(SENDMAIL.replace("permanent fatal", "transient non-fatal")), DELAYED),
    Sample("old exchange", plain(EXCHANGE, sender="postmaster@example.org"), HARD),
    Sample("old postfix", plain(POSTFIX), HARD),
]  # fmt: skip

ABSENT = f"I am away until Monday.\n\n<{RECIPIENT}>: 550 5.1.1 User unknown\n\n{original()}"
RECEIPT = Frame(report_type="disposition-notification", sender=RECIPIENT)
QUOTING = f"Hello,\nwhat is this?\n\n> <{RECIPIENT}>: 550 5.1.1 User unknown\n> {original()}\n{POSTFIX}"
OTHERS = [
    Sample("out of office", plain(ABSENT, sender=RECIPIENT, headers="Auto-Submitted: auto-replied\n"), IGNORED),
    Sample("out of office without a return path", plain(ABSENT, sender=RECIPIENT, headers="Return-Path: <>\nAuto-Submitted: auto-replied\n"), IGNORED),
    Sample("receipt", multipart(["Content-Type: text/plain\n\nRead.\n", f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{RECIPIENT}\nDisposition: manual-action/MDN-sent-manually; displayed\n"], RECEIPT), IGNORED),
    Sample("somebody quotes a bounce", plain(QUOTING, sender=RECIPIENT), IGNORED),
    Sample("somebody forwards a bounce", plain("See below.\n\n" + dsn().decode(), sender=RECIPIENT), IGNORED),
    Sample("an answer to a bounce", plain(POSTFIX, headers="In-Reply-To: <report-1@mx.example.net>\n"), IGNORED),
    Sample("an ordinary mail", plain("Thank you for asking!", sender=RECIPIENT), IGNORED),
    Sample("a report without a status", dsn(frame=Frame(parts=("text", "original"))), IGNORED),
    Sample("nothing at all", b"", IGNORED),
    # Reports, but not on a mail of ours or not on its recipient.
    Sample("somebody else's mail", dsn(frame=Frame(original=original("<other@example.net>"))), UNPROVEN),
    Sample("no original", dsn(frame=Frame(parts=("text", "status"))), UNPROVEN),
    Sample("somebody else's address", dsn(Told(final="rfc822; other@example.net")), UNPROVEN),
    Sample("forwarded, original not ours", dsn(Told(original="rfc822; other@example.net")), UNPROVEN),
    Sample("no recipient", dsn(Told(final="")), UNPROVEN),
    Sample("a complaint of somebody else", complaint(fields="Original-Rcpt-To: other@example.net\n"), UNPROVEN),
    Sample("made-up envelope address", dsn(frame=Frame(to="bounces+1-aaaaaaaaaaaaaaaa@example.org", parts=("text", "status"))), UNPROVEN),
]  # fmt: skip

ALL = [*REPORTS, *OLDER, *OTHERS]
