"""The suppression list as people see and keep it: search, add, import, export, lift."""
