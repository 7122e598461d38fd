"""Moderation in the Wagtail admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter

from .models import Decision


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action("palabre.decide")
    class Decide(LogFormatter):
        """By number, not by its words: these must be forgotten when their author asks."""

        label = _("Decide on a text")

        def format_message(self, log_entry: Any) -> str:
            act = log_entry.data.get("act", "")
            return str(dict(Decision.Act.choices).get(act, act))
