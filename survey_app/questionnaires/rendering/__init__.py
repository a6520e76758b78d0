"""How items are asked: one handler per item type, for page, preview and validation."""
