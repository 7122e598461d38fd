"""What the edit screen of a consultation adds to Wagtail's: errors at their field, and what is left to do."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from wagtail.admin.forms.pages import WagtailAdminPageForm
from wagtail.admin.panels import Panel

from . import checks


class ConsultationForm(WagtailAdminPageForm):
    """The page's edit form: says at its field what stops a page from going online, before anything is published."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if "action-publish" not in self.data:
            return
        for found in checks.check(self.instance.facts()):
            if found.stops and found.field not in self.errors:
                self.add_error(found.field if found.field in self.fields else NON_FIELD_ERRORS, found.said)


class ReadinessPanel(Panel):
    """On top of the page's form: what is left to do before it can open, on the draft as last saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "consultations/admin/ready_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from .admin.ready import listed  # knows of the page's model, which is made with this panel

            return {**super().get_context_data(parent_context), "found": listed(self.instance), "page": self.instance}

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk) and not self.instance.live
