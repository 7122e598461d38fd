"""What a consultation says on the sheets and posters of its surveys: the commitment, and how to do without a screen."""

from surveys.paper.surroundings import Promise

from .models import ConsultationPage


def promise_of(scope_id: int) -> Promise | None:
    """The promise of the page that has this scope, if everybody may read it."""
    page = ConsultationPage.objects.live().public().filter(scope=scope_id).first()
    if page is None:
        return None
    said = ("title", "summary", "decision", "can_change", "fixed", "decided_by", "answer_due", "elsewhere")
    return Promise(url=page.get_url() or "/", **{name: getattr(page, name) for name in said})
