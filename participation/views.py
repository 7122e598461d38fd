"""The follow-up page: enter a receipt code, see what it stands for, take it back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import contacts, limits, origin, posts, receipts

LOOKUPS = limits.Limit("follow_up", 30, 600)


@never_cache
@csrf_exempt  # whoever knows the code may act on it; there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """GET asks for the code; POST shows what it stands for, or withdraws it."""
    if request.method != "POST":
        return page(request, {})
    if origin.judge(request) is origin.FOREIGN:
        return page(request, {"error": _("This form was sent from another site.")}, 403)
    typed = request.POST.get("code", "")[:100]
    if limits.is_over(LOOKUPS, request):
        message = _("Too many codes were tried from this connection. Wait ten minutes.")
        return page(request, {"typed": typed, "error": message}, 429)
    code = receipts.read_code(typed)
    traces = receipts.find_traces(code) if code else []
    if not traces:
        message = _("We find nothing under this code. Check each character, or write to us.")
        return page(request, {"typed": typed, "error": message}, 422)
    context = {"code": receipts.show_code(code or ""), "traces": traces}
    if resumed := next((t for t in traces if t.resumable and t.url == request.POST.get("resume")), None):
        response = HttpResponse(
            status=303, headers={"Location": receipts.resume_at(code or "", resumed.url), "Cache-Control": "no-store"}
        )
        posts.remember(request, response, code or "")
        return response
    if "withdraw" in request.POST:
        return page(request, _withdraw(request, code or "", traces) or context)
    return page(request, context)


def _withdraw(request: HttpRequest, code: str, traces: list[receipts.Trace]) -> dict | None:
    """Withdraw the trace that the button names; what the page then shows, None when there was nothing to do."""
    chosen = next((t for t in traces if t.withdrawable and t.url == request.POST["withdraw"]), None)
    if chosen is None:
        return None
    if "sure" not in request.POST:
        return {"code": receipts.show_code(code), "traces": traces, "asked": chosen}
    if not receipts.withdraw(code, chosen.url):
        return None
    return {"code": receipts.show_code(code), "traces": receipts.find_traces(code), "withdrawn": chosen.title}


def page(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    """The follow-up page; `contact` says whether we may write to who stands behind the code."""
    if context.get("traces") and "contact" not in context:
        key = receipts.key_of(receipts.read_code(context["code"]) or "")
        context["contact"] = contacts.state_of(key) if key else ""
    if context.get("traces"):
        context["outcomes"] = receipts.outcomes(receipts.read_code(context["code"]) or "")
    response = render(request, "participation/follow_up.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
