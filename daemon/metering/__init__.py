"""A page of measurements to numbers."""
