"""What waits, on the admin's front page."""

from typing import Any

from wagtail.admin.site_summary import SummaryItem

from .. import figures, rights


class DeskSummary(SummaryItem):
    order = 50
    template_name = "moderation/admin/summary.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        scopes = rights.scopes_for(self.request.user)
        return {
            "waiting": rights.items_for(self.request.user).waiting().count(),
            "late": figures.late_reports(scopes),
        }

    def is_shown(self) -> bool:
        return rights.may_anywhere(self.request.user)
