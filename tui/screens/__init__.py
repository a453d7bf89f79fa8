"""Full screens: the bridge, and the help on top of it."""
