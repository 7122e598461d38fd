"""Who works in the demo: administrator, agent, a second moderator, analyst, agent of a service, an official."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from moderation.models import Service

SERVICE = "Aménagement numérique"
ANSWERING = "Agents d’un autre service"  # whose rights the service's own group has
PEOPLE = {
    "agent": ("Camille", ["Agents de communication", "Modérateurs"]),
    "moderateur": ("Dominique", ["Modérateurs"]),
    "analyste": ("Sacha", ["Analystes"]),
    "service": ("Maël", [SERVICE]),
    "elue": ("Hélène", ["Élus référents"]),
}
LOGINS = [("admin", "admin"), *((name, name) for name in PEOPLE)]


def settle() -> None:
    """Add who and what is missing."""
    User = get_user_model()
    _service()
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", "admin@rochebrune.example", "admin")
    for name, (first_name, groups) in PEOPLE.items():
        if not User.objects.filter(username=name).exists():
            user = User.objects.create_user(name, f"{name}@rochebrune.example", name, first_name=first_name)
            user.groups.add(*Group.objects.filter(name__in=groups))


def _service() -> None:
    """The service to which texts are forwarded; its agents read these and nothing else."""
    if not Service.objects.filter(name=SERVICE).exists():
        group, _made = Group.objects.get_or_create(name=SERVICE)
        group.permissions.set(Group.objects.get(name=ANSWERING).permissions.all())
        Service.objects.create(name=SERVICE, group=group)
