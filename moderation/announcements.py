"""What moderation tells whoever wants to know, in the transaction in which it happens."""

from django.dispatch import Signal

decided = Signal()  # item, decision
