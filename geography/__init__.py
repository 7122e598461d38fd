"""Where things are: zones, named places, what people point at, and the map they point on."""
