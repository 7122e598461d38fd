"""Surveys in the Wagtail admin: snippets with drafts, preview, history, locking and workflow."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.forms import Textarea
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from counting.models import Tally

from . import email_admin, export_admin, keying_admin, kiosk_admin, poster_admin, translating
from .admin import AdvicePanel, EffectsPanel, FramePanel, SurveyForm, copy_survey, signed_links
from .file_admin import asks_for_files, sent_files
from .models import Export, Survey


class SurveyViewSet(SnippetViewSet):
    model = Survey
    icon = "clipboard-list"
    menu_label = _("Surveys")
    menu_name = "surveys"
    menu_order = 210
    add_to_admin_menu = True
    list_display = [
        "title",
        Column("state", label=_("State"), accessor="state"),
        Column("responses_so_far", label=_("Responses"), accessor="responses_so_far"),
        UpdatedAtColumn(),
    ]
    search_fields = ["title"]
    ordering = ["-pk"]
    copy_view_enabled = False
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    EffectsPanel(),
                    AdvicePanel(),
                    FieldPanel("title"),
                    FieldPanel("introduction"),
                    FieldPanel("questions"),
                ],
                heading=_("Questions"),
            ),
            ObjectList(
                [
                    FieldPanel("pace"),
                    FieldPanel("review"),
                    FieldPanel("trust"),
                    FieldPanel("show_results"),
                    FieldPanel("thanks"),
                    MultiFieldPanel(
                        [FieldPanel("embed_on", widget=Textarea(attrs={"rows": 3})), FramePanel()],
                        heading=_("Show it on another site"),
                    ),
                    MultiFieldPanel(
                        [FieldPanel("opens_at"), FieldPanel("closes_at")],
                        heading=_("Dates of its own"),
                        classname="collapsed",
                    ),
                ],
                heading=_("Settings"),
            ),
        ],
        base_form_class=SurveyForm,
    )

    def get_queryset(self, request: Any) -> QuerySet[Survey]:
        counted = Tally.objects.filter(tool_id=OuterRef("tool_id"), name="n").values("n")
        surveys = Survey.objects.select_related("live_version").defer("questions")
        return surveys.annotate(responses_so_far=Subquery(counted))


register_snippet(SurveyViewSet)


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("surveys-admin.css"))


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("surveys/<int:pk>/copy/", copy_survey, name="surveys_copy"),
        path("surveys/<int:pk>/files/", sent_files, name="surveys_files"),
        path("surveys/<int:pk>/emails/", email_admin.emails, name="surveys_emails"),
        path("surveys/<int:pk>/translations/", translating.translations, name="surveys_translations"),
        path("surveys/<int:pk>/links/", signed_links, name="surveys_links"),
        path("surveys/<int:pk>/kiosks/", kiosk_admin.survey_kiosks, name="surveys_kiosks"),
        path("surveys/kiosks/<uuid:kiosk_id>/", kiosk_admin.one_kiosk, name="surveys_kiosk"),
        path("surveys/keying/", keying_admin.surveys, name="surveys_keying_all"),
        path("surveys/<int:pk>/keying/", keying_admin.survey, name="surveys_keying"),
        path("surveys/<int:pk>/keying/<slug:channel>/", keying_admin.key, name="surveys_key"),
        path("surveys/keying/sheets/<int:pk>/", keying_admin.correct, name="surveys_keying_correct"),
        path("surveys/keying/sheets/<int:pk>/second/", keying_admin.second, name="surveys_keying_second"),
        path("surveys/keying/sheets/<int:pk>/settle/", keying_admin.settle, name="surveys_keying_settle"),
        path("surveys/<int:pk>/poster/", poster_admin.page, name="surveys_poster"),
        path("surveys/<int:pk>/poster/<str:name>", poster_admin.file, name="surveys_poster_file"),
        path("surveys/exports/", export_admin.surveys, name="surveys_exports_all"),
        path("surveys/<int:pk>/exports/", export_admin.exports, name="surveys_exports"),
        path("surveys/exports/<uuid:export_id>/", export_admin.download, name="surveys_export_file"),
    ]


@hooks.register("register_admin_menu_item")
def exports_item() -> MenuItem:
    url = reverse("surveys_exports_all")
    return export_admin.ExportsItem(_("Exports"), url, name="exports", icon_name="download", order=211)


@hooks.register("register_admin_menu_item")
def keying_item() -> MenuItem:
    url = reverse("surveys_keying_all")
    return keying_admin.KeyingItem(_("Keying in"), url, name="keying", icon_name="edit", order=212)


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None):
    if isinstance(snippet, Survey) and user.has_perm("surveys.add_survey"):
        yield Button(_("Copy"), reverse("surveys_copy", args=[snippet.pk]), icon_name="copy", priority=25)
        if snippet.live_version_id:
            yield Button(_("View live"), snippet.get_absolute_url(), icon_name="view", priority=26)
            links = reverse("surveys_links", args=[snippet.pk])
            yield Button(_("Signed links"), links, icon_name="link", priority=27)
    if isinstance(snippet, Survey) and snippet.live_version_id and user.has_perm("surveys.change_survey"):
        poster = reverse("surveys_poster", args=[snippet.pk])
        yield Button(_("Poster and QR code"), poster, icon_name="image", priority=27)
    if isinstance(snippet, Survey) and user.has_perm("surveys.change_survey") and asks_for_files(snippet):
        yield Button(
            _("Photos and documents"), reverse("surveys_files", args=[snippet.pk]), icon_name="image", priority=27
        )
    if isinstance(snippet, Survey) and user.has_perm("surveys.see_emails") and email_admin.asks_for_emails(snippet):
        yield Button(_("E-mail addresses"), reverse("surveys_emails", args=[snippet.pk]), icon_name="mail", priority=27)
    if isinstance(snippet, Survey) and user.has_perm("surveys.change_survey") and snippet.live_version_id:
        yield Button(_("Kiosks"), reverse("surveys_kiosks", args=[snippet.pk]), icon_name="tablet-alt", priority=27)
    if isinstance(snippet, Survey) and user.has_perm("surveys.change_survey"):
        yield Button(_("Translate"), reverse("surveys_translations", args=[snippet.pk]), icon_name="globe", priority=27)
    if isinstance(snippet, Survey) and user.has_perm("participation.manage_codes"):
        yield Button(_("Letter codes"), reverse("access_codes", args=[snippet.scope_id]), icon_name="key", priority=28)
    if isinstance(snippet, Survey) and snippet.live_version_id and user.has_perm("surveys.key_responses"):
        yield Button(_("Key in sheets"), reverse("surveys_keying", args=[snippet.pk]), icon_name="edit", priority=28)
    if isinstance(snippet, Survey) and snippet.live_version_id and user.has_perm("surveys.export_responses"):
        yield Button(_("Export"), reverse("surveys_exports", args=[snippet.pk]), icon_name="download", priority=29)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    named = [export_admin.RESPONSES, export_admin.WORDS, keying_admin.KEY, email_admin.SEE]
    wanted = Q(codename__endswith="_survey") | Q(codename__in=named)
    return Permission.objects.filter(wanted, content_type__app_label="surveys")


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action(
        "palabre.delete_upload", _("Delete a photo or document"), _("Deleted a photo or document that was sent")
    )

    actions.register_action("palabre.open_kiosk", _("Open a kiosk"), _("Opened a kiosk"))
    actions.register_action("palabre.close_kiosk", _("Close a kiosk"), _("Closed a kiosk"))
    actions.register_action("palabre.renew_kiosk", _("New link of a kiosk"), _("Made a new link for a kiosk"))

    class Which(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            return f"{log_entry.data.get('question', '')} ({log_entry.data.get('n', 0)})"

    @actions.register_action("palabre.fetch_emails")
    class FetchEmails(Which):
        label = _("Fetch e-mail addresses")

    @actions.register_action("palabre.delete_emails")
    class DeleteEmails(Which):
        label = _("Delete e-mail addresses")

    class Said(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            kind, format_ = log_entry.data.get("kind", ""), log_entry.data.get("format", "")
            shown = f"{dict(Export.Kind.choices).get(kind, kind)}, {dict(Export.Format.choices).get(format_, format_)}"
            return f"{shown} ({_('with every open answer')})" if log_entry.data.get("words") else shown

    @actions.register_action("palabre.export")
    class Ask(Said):
        label = _("Ask for an export")

    @actions.register_action("palabre.fetch_export")
    class Fetch(Said):
        label = _("Fetch an export")


@hooks.register("construct_wagtail_userbar")
def userbar(request: Any, items: list, page: Any) -> None:
    """Nothing of the admin on public pages: they are the same for everybody."""
    items.clear()
