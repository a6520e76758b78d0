"""Ways to reach people beside mail: links handed over, calls, letters, posters, forms on websites."""
