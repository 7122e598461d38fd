"""Who may key in sheets of paper: communications agents, administrators, and a group for who does nothing else."""

from django.db import migrations

KEYERS = "Agents de saisie"


def group(apps, schema_editor):
    from django.apps import apps as real_apps
    from django.contrib.auth.management import create_permissions

    create_permissions(real_apps.get_app_config("surveys"), verbosity=0)
    Group, Permission = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    Area, root = apps.get_model("moderation.GroupArea"), apps.get_model("wagtailcore.Page").objects.get(depth=1)
    may_key = Permission.objects.get(content_type__app_label="surveys", codename="key_responses")
    for name in ("Agents de communication", "Administrateurs"):
        for known in Group.objects.filter(name=name):
            known.permissions.add(may_key)
    keyers, _created = Group.objects.get_or_create(name=KEYERS)
    keyers.permissions.add(
        may_key, Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    Area.objects.get_or_create(group=keyers, page_id=root.pk)


class Migration(migrations.Migration):
    dependencies = [("home", "0002_fresh_install"), ("surveys", "0005_keyed_sheets")]
    operations = [migrations.RunPython(group, migrations.RunPython.noop)]
