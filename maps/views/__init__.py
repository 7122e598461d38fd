"""The public doors of a map."""
