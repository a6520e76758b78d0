"""INVITE: one fielding of a version to an audience; invitations, reminders, dispositions."""
