"""The compiled floor."""
