"""One file per processor."""
