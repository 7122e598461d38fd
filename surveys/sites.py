"""Which other sites may show a survey in a frame, as agents type them: one address a line (pure)."""

import re
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 20
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*")
_HERE = ("localhost", "127.0.0.1")  # to try it out: the only hosts that need no https
_PORTS = {"https": 443, "http": 80}


def read(text: str) -> list[str]:
    """The origins that `text` names, as browsers write them, each once. Raises ValidationError, line by line."""
    found, errors = [], []
    for line in text.split("\n"):
        if line := line.strip():
            try:
                found.append(_origin(line))
            except ValidationError as error:
                errors.append(error)
    if len(found) + len(errors) > MOST:
        errors.append(ValidationError(_("Write %(most)d addresses at most.") % {"most": MOST}))
    if errors:
        raise ValidationError(errors[: MOST + 1])
    return list(dict.fromkeys(found))


def stored(text: str) -> tuple[str, ...]:
    """The origins in `text` that was read before. It goes into a header: what is not one by now is left out."""
    found = []
    for line in text.split("\n"):
        try:
            found.append(_origin(line.strip()))
        except ValidationError:
            continue
    return tuple(found[:MOST])


def check(text: str) -> None:
    """For the model: raise ValidationError when `text` names anything that is no site."""
    read(text)


def _origin(line: str) -> str:
    shown = {"line": line[:100]}
    if "*" in line:
        raise ValidationError(_("“%(line)s”: name each site in full, without a star.") % shown)
    try:
        parts = urlsplit(line)
        port = parts.port
    except ValueError:
        raise ValidationError(_("“%(line)s” is not the address of a site.") % shown) from None
    host = _ascii(parts.hostname or "")
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or port == 0:
        raise ValidationError(_("“%(line)s”: write it like https://www.example.fr.") % shown)
    if parts.path not in ("", "/") or "?" in line or "#" in line:
        raise ValidationError(_("“%(line)s”: stop after the name of the site, before the next slash.") % shown)
    if parts.scheme == "http" and host not in _HERE:
        raise ValidationError(_("“%(line)s”: the site must begin with https://.") % shown)
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _ascii(host: str) -> str:
    """A host name as it travels: “mairie-évry.fr” as “xn--mairie-vry-h7a.fr”; "" for what is no host name."""
    try:
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
    return name if _HOST.fullmatch(name) else ""
