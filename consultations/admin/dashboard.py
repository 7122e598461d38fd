"""The admin's front page: consultations, and the way to a new one."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from . import wizard


class ConsultationsPanel(Component):
    name = "consultations"
    template_name = "consultations/admin/dashboard.html"
    order = 100

    def __init__(self, request: HttpRequest):
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"may_add": wizard.parent_for(self.request.user) is not None}
