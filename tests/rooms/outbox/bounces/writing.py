"""Mails that come back, written the way mail servers write them (after RFC 3464, in our own words)."""

from __future__ import annotations

from dataclasses import dataclass

RECIPIENT = "an@example.org"
MESSAGE_ID = "<0123456789abcdef0123456789abcdef01234567@example.org>"
BORDER = "=_border_of_the_report"


@dataclass(frozen=True)
class Told:
    """What a delivery report says of its one recipient; an empty line is left out."""

    action: str = "failed"
    status: str = "5.1.1"
    diagnostic: str = "smtp; 550 5.1.1 User unknown"
    final: str = f"rfc822; {RECIPIENT}"
    original: str = ""

    @property
    def lines(self) -> str:
        """Return the block of fields."""
        fields = {
            "Original-Recipient": self.original,
            "Final-Recipient": self.final,
            "Action": self.action,
            "Status": self.status,
            "Diagnostic-Code": self.diagnostic,
        }
        return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def original(message_id: str = MESSAGE_ID, to: str = RECIPIENT) -> str:
    """Return the headers of a mail of ours, as a report returns them."""
    return f"From: Lotus Air <surveys@example.org>\nTo: {to}\nSubject: How was your flight?\nMessage-ID: {message_id}\n"


@dataclass(frozen=True)
class Frame:
    """How a server frames its report."""

    sender: str = "MAILER-DAEMON@mx.example.net"
    to: str = "surveys@example.org"
    status_kind: str = "message/delivery-status"
    original_kind: str = "message/rfc822"
    encoding: str = ""
    # "text", "status", "original": what the report is made of.
    parts: tuple[str, ...] = ("text", "status", "original")
    headers: str = ""
    original: str = original()
    report_type: str = "delivery-status"


def dsn(*told: Told | str, frame: Frame = Frame()) -> bytes:
    """Return a delivery report on these recipients."""
    blocks = [each if isinstance(each, str) else each.lines for each in (told or (Told(),))]
    status = "Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 2 Nov 2026 09:00:00 +0000\n\n" + "\n\n".join(
        blocks
    )
    inside = {
        "text": "Content-Type: text/plain; charset=utf-8\n\nYour mail did not reach everybody. Details follow.\n",
        "status": f"Content-Type: {frame.status_kind}\n{_carried(status, frame.encoding)}\n",
        "original": f"Content-Type: {frame.original_kind}\n\n{frame.original}\nPlease tell us.\n",
    }
    return multipart([inside[name] for name in frame.parts], frame)


def multipart(parts: list[str], frame: Frame) -> bytes:
    """Return a report made of these parts."""
    head = (
        f"From: Mail Delivery System <{frame.sender}>\nTo: {frame.to}\nSubject: Undelivered mail\n{frame.headers}"
        f"Auto-Submitted: auto-replied\nMIME-Version: 1.0\nMessage-ID: <report-1@mx.example.net>\n"
        f'Content-Type: multipart/report; report-type={frame.report_type};\n boundary="{BORDER}"\n\n'
    )
    body = "".join(f"--{BORDER}\n{part}\n" for part in parts)
    return (head + body + f"--{BORDER}--\n").encode().replace(b"\n", b"\r\n")


def plain(text: str, *, sender: str = "MAILER-DAEMON@mx.example.net", headers: str = "") -> bytes:
    """Return a notice in plain words."""
    head = f"From: {sender}\nTo: surveys@example.org\nSubject: failure notice\n{headers}"
    return f"{head}Message-ID: <report-2@mx.example.net>\n\n{text}".encode()


def complaint(
    kind: str = "abuse", fields: str = f"Original-Rcpt-To: <{RECIPIENT}>\n", returned: str = original()
) -> bytes:
    """Return a complaint as a provider passes it on."""
    frame = Frame(sender="fbl@provider.example.net", report_type="feedback-report")
    feedback = f"Feedback-Type: {kind}\nUser-Agent: Loop/1.0\nVersion: 1\n{fields}"
    parts = [
        "Content-Type: text/plain\n\nThis is a complaint about a mail.\n",
        f"Content-Type: message/feedback-report\n\n{feedback}",
        f"Content-Type: message/rfc822\n\n{returned}\nPlease tell us.\n",
    ]
    return multipart(parts, frame)


def _carried(text: str, encoding: str) -> str:
    if encoding != "base64":
        return f"\n{text}"
    from base64 import encodebytes  # noqa: PLC0415 - two samples need it

    return f"Content-Transfer-Encoding: base64\n\n{encodebytes(text.encode()).decode()}"
