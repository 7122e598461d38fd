"""`/sante/`: is everything there, and is everything counted?"""

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from counting.models import LedgerEntry, Tool


def health(request: HttpRequest) -> JsonResponse:
    """{"database", "redis", "oldest_uncounted_seconds", "last_reconcile", "figures_agree"}; 503 without database."""
    report: dict[str, object] = {"database": True, "redis": _redis_answers()}
    try:
        oldest = LedgerEntry.objects.aggregate(t=Min("created_at"))["t"]
        tools = Tool.objects.aggregate(t=Max("reconciled_at"))["t"]
        report["oldest_uncounted_seconds"] = round((timezone.now() - oldest).total_seconds(), 1) if oldest else 0
        report["last_reconcile"] = tools.isoformat() if tools else None
        report["figures_agree"] = not Tool.objects.filter(agrees=False).exists()
    except DatabaseError:
        report["database"] = False
    response = JsonResponse(report, status=200 if report["database"] else 503)
    response["Cache-Control"] = "no-store"
    return response


def _redis_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
