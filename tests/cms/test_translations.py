"""Every text on screen has its French."""

import re
from pathlib import Path

from django.conf import settings

PO = Path(settings.BASE_DIR) / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def test_no_french_text_is_missing():
    entries = PO.read_text().split("\n\n")[1:]
    missing = [e for e in entries if re.search(r'^msgstr(\[\d\])? ""$(?!\n")', e, re.M)]
    assert not missing, missing[:5]
    assert "fuzzy" not in PO.read_text()


def test_the_compiled_texts_are_those_of_the_source():
    from gettext import GNUTranslations

    with PO.with_suffix(".mo").open("rb") as compiled:
        catalogue = GNUTranslations(compiled)._catalog
    entry = r'^(?:msgctxt "(.+)"\n)?msgid "(.+)"\nmsgstr "(.+)"$'
    for context, msgid, msgstr in re.findall(entry, PO.read_text(), re.M):
        key = f"{context}\x04{msgid}" if context else msgid
        assert catalogue[key.replace('\\"', '"')] == msgstr.replace('\\"', '"')
