"""Values to targets."""
