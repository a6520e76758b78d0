"""The one signal of the product: a response was completed.

Sent inside the transaction, before the commit, with the response; receivers only insert rows.
"""

from __future__ import annotations

from blinker import Namespace

response_completed = Namespace().signal("response-completed")
