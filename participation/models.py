"""A scope: inside which one person’s contributions may be crossed, and never beyond; its proofs, its arrivals."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .trust import Level
from .windows import is_within

# Crockford's base 32: no I, L, O or U, so that a code copied by hand is read back as it was written.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TAG_LENGTH = 4


def new_tag() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TAG_LENGTH))


def new_salt() -> bytes:
    return secrets.token_bytes(32)


class ScopeManager(models.Manager["Scope"]):
    def create(self, **fields: Any) -> "Scope":
        """A new scope; tags are short, so one already taken is drawn again."""
        for _attempt in range(20):
            try:
                with transaction.atomic():
                    return super().create(**fields)
            except IntegrityError:
                if "tag" in fields:
                    raise
        raise RuntimeError("no free scope tag left")


class Scope(models.Model):
    """One consultation as participation sees it: the salt of its keys, and when it is open.

    The window is half-open, [opens_at, closes_at); an empty end means no limit on that side.
    """

    tag = models.CharField(max_length=TAG_LENGTH, unique=True, default=new_tag, editable=False)
    salt = models.BinaryField(default=new_salt, editable=False)
    live = models.BooleanField(default=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    objects = ScopeManager()

    def __str__(self) -> str:
        return self.tag


class TakesPart(models.Model):
    """Something people take part in for a while, inside one scope: a survey or a debate.

    Its window is the intersection of its own and its scope's. Who inherits says whether it is published, whether it
    was closed for good, and whether anybody took part.
    """

    opens_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Leave empty to follow the consultation’s dates.")
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Leave empty to follow the consultation’s dates.")
    )
    trust = models.CharField(
        _("verification level"),
        max_length=10,
        choices=Level.choices,
        default=Level.OPEN,
        db_default=Level.OPEN,
        help_text=_(
            "What people must show before they take part. Each step keeps out more doubles, and more honest people. "
            "Open: nothing. One per browser: nothing, but a family sharing a computer answers once. By e-mail: a "
            "mailbox and two minutes. By letter: the letter you sent them. Verified identity: an account elsewhere."
        ),
    )
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True

    def is_published(self) -> bool:
        raise NotImplementedError

    def is_shut(self) -> bool:
        """Closed for good, whatever the dates say."""
        raise NotImplementedError

    def is_taken(self) -> bool:
        """Has anybody taken part?"""
        raise NotImplementedError

    def phase(self, now: datetime | None = None) -> str:
        """ "unpublished", "coming", "open" or "closed" at `now`; what intake decides on is the database's clock."""
        now = now or timezone.now()
        if not (self.is_published() and self.scope.live):
            return "unpublished"
        if self.is_shut():
            return "closed"
        windows = [(self.opens_at, self.closes_at), (self.scope.opens_at, self.scope.closes_at)]
        if all(is_within(now, *window) for window in windows):
            return "open"
        return "closed" if any(closes and closes <= now for _opens, closes in windows) else "coming"

    def opening(self) -> datetime | None:
        """When both windows are open at the earliest."""
        return max(filter(None, [self.opens_at, self.scope.opens_at]), default=None)

    def closing(self) -> datetime | None:
        return min(filter(None, [self.closes_at, self.scope.closes_at]), default=None)

    def clean(self) -> None:
        super().clean()
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The closing must come after the opening.")})

    def check_scope(self, scope: Scope | None) -> None:
        """Raise ValidationError when this cannot belong to `scope` because people took part in it in another."""
        if (scope is None or self.scope_id != scope.pk) and self.is_taken():
            raise ValidationError(
                _("“%(title)s” already has answers in another consultation. Copy it and choose the copy.")
                % {"title": self}
            )

    @transaction.atomic
    def join_scope(self, scope: Scope) -> None:
        """Become part of the consultation that `scope` stands for. Raises ValidationError as `check_scope` does."""
        if self.scope_id == scope.pk:
            return
        self.check_scope(scope)
        self.scope = scope
        type(self)._default_manager.filter(pk=self.pk).update(scope=scope)


class DailySalt(models.Model):
    """What networks are hashed with for one day; destroyed the next, so that no later hash can be compared."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(default=new_salt, editable=False)

    def __str__(self) -> str:
        return str(self.day)


class Arrival(models.Model):
    """How something was sent, kept for two days (see `participation.arrivals`); refers to nothing by constraint."""

    pk = models.CompositePrimaryKey("tool_id", "at", "key")  # also the one index by which arrivals are read
    tool_id = models.BigIntegerField()
    at = models.DateTimeField()  # the database's clock
    key = models.BinaryField(max_length=32)  # the participant key
    network = models.IntegerField(null=True)
    drawn = models.IntegerField()  # seconds between drawing the form and sending it
    answers = models.IntegerField()  # how many were given
    payload = models.BigIntegerField(null=True)
    burst_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.tool_id} {self.at}"


class AccessBatch(models.Model):
    """Letter codes made in one go for one consultation. Their `id` comes with the form: sent twice it is one batch."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="batches")
    title = models.CharField(_("title"), max_length=100)
    size = models.PositiveIntegerField(default=0)  # codes that are stored: less than asked for when it was broken off
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("batch of letter codes")
        verbose_name_plural = _("batches of letter codes")
        default_permissions = ()
        permissions = [("manage_codes", _("Can make and revoke letter codes"))]

    def __str__(self) -> str:
        return self.title


class AccessCode(models.Model):
    """One person's letter code, as a keyed hash; the code itself is on their letter and nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(AccessBatch, on_delete=models.CASCADE, related_name="codes")
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+", db_index=False)
    hash = models.BinaryField(max_length=32)
    used = models.BooleanField(default=False)  # entered at least once; never when
    revoked = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["scope", "hash"], name="access_code_once_per_scope")]

    def __str__(self) -> str:
        return str(self.id)


class EmailChallenge(models.Model):
    """A code that was sent to an address, both as keyed hashes; kept for an hour, to count mails."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+", db_index=False)
    address_hash = models.BinaryField(max_length=32)
    code_hash = models.BinaryField(max_length=32)  # empty once it was used
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["scope", "address_hash"], name="challenge_address")]

    def __str__(self) -> str:
        return str(self.id)


class Contact(models.Model):
    """Where one person wants to be told what becomes of their texts.

    `person` is a keyed hash of their participant key: no join leads from here to anything they sent. The links in our
    mails carry a token of which only the hash is here; `nonce` makes it mean nothing once another address is given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.BinaryField(max_length=32, unique=True)
    email = models.EmailField()
    nonce = models.BinaryField(max_length=16)
    token_hash = models.BinaryField(max_length=32, unique=True)
    asked = models.BooleanField(default=False)  # the mail that asks for a confirmation left
    confirmed_at = models.DateTimeField(null=True)
    created_on = models.DateField(default=timezone.localdate)
    times = models.PositiveSmallIntegerField(default=0)  # addresses given on that day

    class Meta:
        default_permissions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.id)
