"""What the command line says of one customer, and writes down of them."""
