"""The public doors of moderation."""
