"""Other people's programs, unmodified, at a running console."""
