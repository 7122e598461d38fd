"""A fresh install has a home page, a list of consultations, every page a public site owes, and a group for agents."""

import uuid

from django.conf import settings
from django.db import migrations

OWED = [
    ("accessibilite", "Accessibilité", "accessibility", ""),
    ("mentions-legales", "Mentions légales", "legal", ""),
    ("donnees-personnelles", "Données personnelles", "privacy", ""),
    (
        "moderation",
        "Charte de modération",
        "moderation",
        "",  # the charter itself is drawn from the desk's, with how to report and to contest
    ),
    ("contact", "Contact", "contact", ""),
]


CHARTER = [
    ("Parlez du sujet de la consultation.", "hors du sujet"),
    ("N’insultez personne. Ne visez pas une personne ou un groupe.", "insulte ou vise une personne ou un groupe"),
    (
        "N’écrivez ni nom, ni adresse, ni téléphone, ni information de santé.",
        "donne un nom, une adresse ou une autre information personnelle",
    ),
    ("Pas de publicité, pas d’envois répétés.", "publicité, ou envoi répété"),
    (
        "Respectez la loi : les propos haineux, diffamatoires ou violents ne sont pas publiés.",
        "contraire à la loi",
    ),
]


def add_page(apps, app, model, parent, **fields):
    """Add a page below `parent` by hand: the tree's own methods are not available in a migration."""
    Model = apps.get_model(app, model)
    ContentType = apps.get_model("contenttypes.ContentType")
    Locale = apps.get_model("wagtailcore.Locale")
    kind, _created = ContentType.objects.get_or_create(model=model.lower(), app_label=app)
    locale = Locale.objects.order_by("pk").first()
    parent.numchild += 1
    parent.save(update_fields=["numchild"])
    return Model.objects.create(
        path=f"{parent.path}{parent.numchild:04d}",
        depth=parent.depth + 1,
        numchild=0,
        url_path=f"{parent.url_path}{fields['slug']}/",
        draft_title=fields["title"],
        content_type=kind,
        locale=locale,
        translation_key=uuid.uuid4(),
        live=True,
        **fields,
    )


def build(apps, schema_editor):
    Page = apps.get_model("wagtailcore.Page")
    Site = apps.get_model("wagtailcore.Site")
    Locale = apps.get_model("wagtailcore.Locale")
    Locale.objects.exclude(language_code=settings.LANGUAGE_CODE).filter(pk=Locale.objects.order_by("pk").first().pk).update(
        language_code=settings.LANGUAGE_CODE
    )
    Page.objects.filter(slug="home", depth=2).delete()
    root = Page.objects.get(depth=1)
    root.numchild = Page.objects.filter(depth=2).count()
    home = add_page(apps, "home", "HomePage", root, title="Accueil", slug="accueil", introduction="")
    add_page(apps, "consultations", "ConsultationIndexPage", home, title="Consultations", slug="consultations")
    for slug, title, owed, body in OWED:
        add_page(apps, "home", "StandardPage", home, title=title, slug=slug, owed=owed, body=body)
    charter(apps)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page_id=home.pk, is_default_site=True, site_name="Palabre")


def charter(apps):
    made = apps.get_model("moderation.Charter").objects.create(
        title="Charte de modération",
        introduction="Chacun peut s’exprimer ici, sans donner son nom. Pour que tous le puissent, cette charte s’applique.",
    )
    Article = apps.get_model("moderation.Article")
    for order, (text, short) in enumerate(CHARTER):
        Article.objects.create(charter=made, sort_order=order, text=text, short=short)


# Who may do what in moderation. A person may be in several of these groups. They hold everywhere: where several sites or
# consultations are moderated by different people, an administrator makes groups for smaller areas.
ROLES = {
    "Modérateurs": ["decide_item", "decide_burst", "see_registers", "see_sealed"],
    "Analystes": ["see_registers", "export_responses"],
    "Agents d’un autre service": ["answer_forwarded"],
    "Administrateurs": [
        "decide_item", "decide_burst", "see_registers", "see_sealed", "change_remit", "export_responses", "export_words",
        "add_charter", "change_charter", "view_charter", "add_service", "change_service", "view_service",
    ],
}  # fmt: skip


def roles(apps):
    Group, Permission = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    Area, root = apps.get_model("moderation.GroupArea"), apps.get_model("wagtailcore.Page").objects.get(depth=1)
    Area.objects.get_or_create(group=Group.objects.get(name="Agents de communication"), page_id=root.pk)
    for name, codenames in ROLES.items():
        made, _created = Group.objects.get_or_create(name=name)
        made.permissions.add(
            *Permission.objects.filter(content_type__app_label__in=["moderation", "surveys"], codename__in=codenames),
            Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
        )
        if name != "Agents d’un autre service":
            Area.objects.get_or_create(group=made, page_id=root.pk)


OFFICIALS = "Élus référents"


def officials(apps, agents):
    """Agents write official answers, officials validate and publish them: the workflow that leads from one to the other."""
    Group, Permission = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    ContentType = apps.get_model("contenttypes.ContentType")
    made, _created = Group.objects.get_or_create(name=OFFICIALS)
    kind = ContentType.objects.get(app_label="consultations", model="officialanswer")
    for act in ("publish", "lock", "unlock"):
        Permission.objects.get_or_create(
            content_type=kind, codename=f"{act}_officialanswer", defaults={"name": f"Can {act} official answer"}
        )
    both = Permission.objects.filter(
        content_type__app_label="consultations",
        codename__in=["change_officialanswer", "view_officialanswer", "view_commitment", "change_commitment"],
    )
    agents.permissions.add(
        *both,
        *Permission.objects.filter(codename__in=["add_officialanswer", "add_commitment"]),
    )
    made.permissions.add(
        *both,
        Permission.objects.get(content_type=kind, codename="publish_officialanswer"),
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
    )
    task_kind, _made = ContentType.objects.get_or_create(app_label="wagtailcore", model="groupapprovaltask")
    task = apps.get_model("wagtailcore.GroupApprovalTask").objects.create(
        name="L’élu relit et signe", content_type=task_kind, active=True
    )
    task.groups.add(made)
    workflow = apps.get_model("wagtailcore.Workflow").objects.create(name="Validation par l’élu", active=True)
    apps.get_model("wagtailcore.WorkflowTask").objects.create(workflow=workflow, task_id=task.pk, sort_order=0)
    apps.get_model("wagtailcore.WorkflowContentType").objects.create(content_type=kind, workflow=workflow)


def group(apps, schema_editor):
    """Communications agents: write and publish pages, surveys, debates and maps, add images and documents, decide what is shown, say who the authority is."""
    from django.contrib.auth.management import create_permissions
    from django.apps import apps as real_apps

    for app in ("consultations", "surveys", "deliberation", "maps", "moderation", "participation", "geography", "home", "wagtailadmin", "wagtailcore"):
        create_permissions(real_apps.get_app_config(app), verbosity=0)
    Group, Permission = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    GroupPage = apps.get_model("wagtailcore.GroupPagePermission")
    GroupCollection = apps.get_model("wagtailcore.GroupCollectionPermission")
    HomePage = apps.get_model("home.HomePage")
    Collection = apps.get_model("wagtailcore.Collection")
    agents, _created = Group.objects.get_or_create(name="Agents de communication")
    for app, model in (("surveys", "survey"), ("deliberation", "debate"), ("maps", "map")):
        # Wagtail adds these three after all migrations; the group needs them now.
        kind = apps.get_model("contenttypes.ContentType").objects.get(app_label=app, model=model)
        for act in ("publish", "lock", "unlock"):
            Permission.objects.get_or_create(
                content_type=kind, codename=f"{act}_{model}", defaults={"name": f"Can {act} {model}"}
            )
        agents.permissions.add(*Permission.objects.filter(content_type=kind))
    agents.permissions.add(
        *Permission.objects.filter(codename__in=["manage_codes", "export_responses"]),
        *Permission.objects.filter(content_type__app_label="geography", content_type__model__in=["zone", "namedplace", "basemap"]),
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__app_label="home", codename="change_sitesettings"),
        *Permission.objects.filter(content_type__app_label="consultations", codename="change_localcalendar"),
    )
    home = HomePage.objects.get()
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPage.objects.get_or_create(group=agents, page_id=home.pk, permission=permission)
    root = Collection.objects.get(depth=1)
    for codename in ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"):
        for permission in Permission.objects.filter(codename=codename):
            GroupCollection.objects.get_or_create(group=agents, collection=root, permission=permission)
    roles(apps)
    officials(apps, agents)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("consultations", "0001_initial"),
        ("surveys", "0001_initial"),
        ("deliberation", "0001_initial"),
        ("maps", "0001_initial"),
        ("moderation", "0001_initial"),
        ("participation", "0001_initial"),
        ("geography", "0001_initial"),
        ("wagtailcore", "__latest__"),
        ("wagtailadmin", "__latest__"),
        ("wagtailimages", "__latest__"),
        ("wagtaildocs", "__latest__"),
        ("wagtailusers", "__latest__"),
    ]
    operations = [
        migrations.RunPython(build, migrations.RunPython.noop),
        migrations.RunPython(group, migrations.RunPython.noop),
    ]
