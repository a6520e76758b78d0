"""When mail goes: wall time in named zones, open hours, and the pace."""
