"""What customer value says: how long customers stay, what they buy, who brings the revenue, what is at risk."""
