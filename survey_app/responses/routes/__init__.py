"""Pages of this room: those where customers answer, and those where staff read the answers."""
