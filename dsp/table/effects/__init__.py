"""The rows of the effects."""
