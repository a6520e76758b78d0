"""The company that the journeys take place in."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.journeys.company import Company
from tests.mail_sink import MailSink
from tests.signing_in import SignIn


@pytest.fixture
def company(app: Flask, mail_sink: MailSink, sign_in: SignIn) -> Company:
    """Return a company with a marketer and a mail server, and nothing else."""
    return Company(app, mail_sink, sign_in, sign_in("marketer"))
