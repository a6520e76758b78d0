"""Notices of mail providers: signed, checked, and read into the same reports as mails that come back."""
