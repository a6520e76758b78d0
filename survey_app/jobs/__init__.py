"""Work that outlives a request: leased rows, and one engine that wakes workers."""
