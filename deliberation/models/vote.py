"""Who voted, without knowing who, and on what."""

import secrets

from django.db import models

from participation.trust import Level

from .debate import Debate, Statement

AGREE, DISAGREE, PASS = 1, -1, 0


def new_voter_id() -> int:
    """Random, so that neither the number nor the order of rows tells when somebody came: 62 bits."""
    return secrets.randbits(62)


class Voter(models.Model):
    """A person in one debate. Exists as long as they have a vote; written by `deliberation.voting` and nobody else."""

    id = models.BigIntegerField(primary_key=True, default=new_voter_id, editable=False)
    debate = models.ForeignKey(Debate, on_delete=models.CASCADE, related_name="voters")
    participant_key = models.BinaryField(max_length=32)
    name_in_file = models.CharField(max_length=60, blank=True)  # the participant's id in the files it was imported from
    set_aside = models.BooleanField(default=False)  # stored, but counted nowhere
    burst_id = models.BigIntegerField(null=True)  # the moderation.Burst they were found in, also after its release
    trust = models.CharField(max_length=10, choices=Level.choices, default=Level.OPEN, db_default=Level.OPEN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant_key", "debate"], name="voter_once_per_debate")]
        indexes = [models.Index("burst_id", condition=models.Q(burst_id__isnull=False), name="voter_in_burst")]

    def __str__(self) -> str:
        return str(self.id)


class Vote(models.Model):
    """One vote per person and statement: the primary key says so."""

    pk = models.CompositePrimaryKey("voter_id", "statement_id")
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="votes", db_index=False)
    # Left to Django to protect: checking it would cost every vote a lock on the same row as all the others.
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="votes", db_index=False, db_constraint=False
    )
    value = models.SmallIntegerField()
    cells = models.BinaryField(max_length=2)
    cast_on = models.DateField(null=True)
    merged_from = models.BigIntegerField(null=True)  # the statement it was cast on, before that was merged into this

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(value__in=[-1, 0, 1]), name="vote_value")]

    def __str__(self) -> str:
        return f"{self.value:+d}"
