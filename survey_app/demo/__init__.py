"""The demo story, told with the rooms' own operations; the mail sink of the demo."""
