"""Everything is killed under load, and what is left is counted."""
