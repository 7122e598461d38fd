"""The public doors of a debate."""
