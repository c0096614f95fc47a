"""Pages of portfolio, a file per noun."""
