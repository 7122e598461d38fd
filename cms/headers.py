"""Security headers that depend on where one is: public pages run no script at all, the admin needs Wagtail's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PUBLIC = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Headers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path_info.startswith("/admin/") else PUBLIC
        if shown_on := getattr(response, "frame_ancestors", ""):  # other sites, which may show this page in a frame
            policy = policy.replace("frame-ancestors 'none'", f"frame-ancestors {shown_on}")
        if leads_to := getattr(response, "form_leads_to", ""):  # browsers follow a form's redirects with this rule
            policy = policy.replace("form-action 'self'", f"form-action 'self' {leads_to}")
        if pictures_from := getattr(request, "map_origin", ""):  # the page carries a map
            policy = policy.replace("img-src 'self'", f"img-src 'self' {pictures_from}")
        if getattr(response, "works_offline", False):  # the page brings a worker that keeps it
            policy += "; worker-src 'self'"
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
