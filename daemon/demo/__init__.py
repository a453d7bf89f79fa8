"""A band for whoever has no interface yet."""
