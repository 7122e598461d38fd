"""What consultations add to the Wagtail admin: guided creation, copies, checks before opening, the dashboard."""
