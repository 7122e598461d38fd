"""Reaching a step by hand: close now, say that it is answered, decided, carried out."""

from typing import Any

from django.db import transaction

from .models import ConsultationPage


@transaction.atomic
def reach(page: ConsultationPage, user: Any = None, **fields: Any) -> ConsultationPage:
    """Give the published page these fields at once. A draft that waits gets them too, and goes on waiting.

    Raises ValidationError by field, and changes nothing then.
    """
    live = ConsultationPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    draft = live.get_latest_revision_as_object() if live.has_unpublished_changes else None
    for name, value in fields.items():
        setattr(live, name, value)
    live.full_clean()
    live.save_revision(user=user).publish(user=user)
    if draft:
        for name, value in fields.items():
            setattr(draft, name, value)
        draft.save_revision(user=user, clean=False)
    return ConsultationPage.objects.get(pk=page.pk)
