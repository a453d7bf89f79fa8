"""Mixing files, faster than real time."""
