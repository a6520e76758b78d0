"""The planner: what change a base can show, and how many invitations a change takes; see docs/planner.md."""
