"""Mail that waits to go, and the only code that sends it."""
