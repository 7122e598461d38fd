"""One settings module per environment: dev, test and production, each on top of base."""
