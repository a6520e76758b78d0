"""The WSGI entry: `gunicorn wsgi:app`."""

import logging
import sys

from survey_app import create_app
from survey_app.config import SettingError

# What gunicorn takes for "do not try again": every other worker would read the same settings.
PRECONDITION = 3

try:
    app = create_app()
except SettingError as error:
    logging.getLogger("survey_app").critical("%s", error)
    sys.exit(PRECONDITION)
