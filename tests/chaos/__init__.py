"""Servers that are killed while people answer: `make chaos` counts what was lost and what was doubled."""
