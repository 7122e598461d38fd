"""How many published places lie in each cell of each level, and in each zone."""

from django.db import models

from .map import Map


class PlaceCount(models.Model):
    """So many published places of one category in one cell (see `tiles`). Derived: `counts.rebuild` makes it anew."""

    map = models.ForeignKey(Map, on_delete=models.CASCADE, related_name="+", db_index=False)
    level = models.SmallIntegerField()
    cell = models.BigIntegerField()
    zone = models.CharField(max_length=40, blank=True)  # only at `counts.BY_ZONE`
    category = models.CharField(max_length=36)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["map", "level", "cell", "zone", "category"], name="place_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.cell}{self.zone}={self.n}"
