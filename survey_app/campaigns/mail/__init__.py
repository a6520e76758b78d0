"""The mails of a campaign: what they say, how they look, and trying them."""
