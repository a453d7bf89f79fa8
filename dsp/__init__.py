"""What the console is (the table) and how it sounds (the processors)."""
