"""A campaign on its way: inviting, parts, reminders, gates, and what came of each mail."""
