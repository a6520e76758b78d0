"""What comes back of a mail: reports of servers and providers, read, believed only where proven, and acted on once."""
