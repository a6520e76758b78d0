"""WHOM: the CRM record, its imports and its segments."""
