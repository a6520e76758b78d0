"""How a campaign stands, counted: progress, rates and the way from sent to finished."""
