"""What moderators do, and the people who may: `moderate(statement, "refuse", article=2)`, `moderator()`."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.models import Page

from moderation import decisions, queue
from moderation.models import Charter, Decision, GroupArea, Item, Remit


def item_of(text: Any) -> Item:
    """The item of a text; one is made for what came without any, from agents or from files."""
    found = Item.objects.filter(kind=text._meta.model_name, object_id=str(text.pk)).first()
    return found or put_on_desk(text, text.status, True)


def put_on_desk(text: Any, state: str, read: bool) -> Item:
    """The item of a text that a factory made, as if it had arrived and been decided on."""
    scope_id = (text.map if hasattr(text, "map") else text.debate).scope_id
    item = queue.arrive(text._meta.model_name, text.pk, scope_id, text.author_key, shown=state == "published")
    item.state, item.read = state, read
    item.settle()
    item.save()
    return item


def article(text_or_item: Any, number: int = 1):
    item = text_or_item if isinstance(text_or_item, Item) else item_of(text_or_item)
    charter = Remit.of(item.scope_id).the_charter()
    assert isinstance(charter, Charter)
    return dict(charter.numbered())[number]


def moderate(
    text: Any, act: str = "publish", user: Any = None, *, number: int = 1, reason: str = "", **more: Any
) -> Decision:
    """Decide on a text (or its item) as it stands now; `number` is the article cited by a refusal."""
    item = text if isinstance(text, Item) else item_of(text)
    item.refresh_from_db()
    if act == "refuse" and item.is_shown:
        act = "hide"
    cited = article(item, number) if act in ("refuse", "hide") else None
    return decisions.decide(item, decisions.Choice(act, article=cited, reason=reason, **more), user, item.version)


def member(*groups: str, name: str = "", **fields: Any) -> Any:
    """A person in the groups so called, and with no other right."""
    name = name or "-".join(groups).lower().replace(" ", "_")[:100]
    user = get_user_model().objects.create_user(name, f"{name}@ville.example", "x", **fields)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def holder(*permissions: str, page: Page | None = None) -> Any:
    """Somebody whose only group has these rights, at and below `page`, or everywhere."""
    name = "-".join(permissions) or "nobody"
    user = get_user_model().objects.create_user(name, password="x")
    group = Group.objects.create(name=f"Avec {name}")
    group.permissions.add(*Permission.objects.filter(codename__in=["access_admin", *permissions]))
    GroupArea.objects.create(group=group, page=page or Page.objects.get(depth=1))
    user.groups.add(group)
    return user


def moderator(name: str = "momo", page: Page | None = None) -> Any:
    """Somebody who decides everywhere, or at and below `page` only."""
    if page is None:
        return member("Modérateurs", name=name)
    user = get_user_model().objects.create_user(name, f"{name}@ville.example", "x", first_name=name.title())
    group = Group.objects.create(name=f"Modérateurs {name}")
    group.permissions.add(*Group.objects.get(name="Modérateurs").permissions.all())
    GroupArea.objects.create(group=group, page=page)
    user.groups.add(group)
    return user


__all__ = ["article", "holder", "item_of", "member", "moderate", "moderator", "put_on_desk"]
