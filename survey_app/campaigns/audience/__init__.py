"""Whom a campaign writes to and whom not, and what that will bring."""
