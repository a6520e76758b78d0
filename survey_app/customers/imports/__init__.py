"""Files of customers: read without shifting a row, mapped column by column, tried out, then applied in chunks."""
