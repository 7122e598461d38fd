"""Who may see the e-mail addresses given in surveys: communications agents and administrators, not analysts."""

from django.db import migrations


def group(apps, schema_editor):
    from django.apps import apps as real_apps
    from django.contrib.auth.management import create_permissions

    create_permissions(real_apps.get_app_config("surveys"), verbosity=0)
    Group, Permission = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    may_see = Permission.objects.get(content_type__app_label="surveys", codename="see_emails")
    for known in Group.objects.filter(name__in=("Agents de communication", "Administrateurs")):
        known.permissions.add(may_see)


class Migration(migrations.Migration):
    dependencies = [("home", "0003_who_keys_in"), ("surveys", "0006_given_email")]
    operations = [migrations.RunPython(group, migrations.RunPython.noop)]
