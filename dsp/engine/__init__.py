"""The audio side: memory, wall, block."""
