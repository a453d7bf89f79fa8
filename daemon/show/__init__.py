"""What is stored and recalled."""
