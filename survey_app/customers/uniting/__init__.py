"""Duplicates that nobody has to look at: work in the background."""
