"""The terminal UI: a meter bridge, and an ordinary OSC client like any other."""
