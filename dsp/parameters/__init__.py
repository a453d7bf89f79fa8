"""How a row is written."""
