"""Responses that came otherwise than on the web also fill the cells that split figures by channel (ADR 27)."""

from collections import Counter

from django.db import migrations
from django.db.models import F, Max

from counting.packing import MAX_CELLS, pack, unpack
from surveys.cells import WEB, filled_off, names_off


def add_cells(apps, schema_editor):
    """Numbers for the new cells, then the cells of each response that fills them, then the tallies: the same that
    `reconcile --rebuild` would compute. What waits in the ledger holds the old cells only, so nothing counts twice.
    """
    for survey in apps.get_model("surveys", "Survey").objects.order_by("pk"):
        versions = {version.pk: version.schema["questions"] for version in survey.versions.order_by("number")}
        if versions and (numbers := _register(apps, survey.tool_id, list(versions.values())[-1])):
            counted = _fill(apps, survey, versions, numbers)
            for number, n in counted.items():
                apps.get_model("counting", "Tally").objects.filter(tool_id=survey.tool_id, number=number).update(
                    n=F("n") + n
                )


def _register(apps, tool_id, questions):
    """Cell name → number of the new cells; the last version has all that was ever asked. {} where there is no room."""
    tallies = apps.get_model("counting", "Tally").objects
    known = tallies.filter(tool_id=tool_id)
    names = [name for question in questions for name in names_off(question)]
    first = (known.aggregate(most=Max("number"))["most"] or 0) + 1
    if first + len(names) > MAX_CELLS + 1:
        return {}
    numbers = {name: number for number, name in enumerate(names, first)}
    rows = [tallies.model(tool_id=tool_id, number=number, name=name) for name, number in numbers.items()]
    tallies.bulk_create(rows, batch_size=2000)
    return numbers


def _fill(apps, survey, versions, numbers):
    """Add the new cells to each response that fills them; how often each is filled by those that count."""
    counted = Counter()
    responses = apps.get_model("surveys", "Response").objects
    found = responses.filter(survey=survey).exclude(channel=WEB).only("version_id", "answers", "cells", "set_aside")
    for response in found.iterator(chunk_size=2000):
        off = pack(numbers[name] for name in filled_off(versions[response.version_id], response.answers) if name in numbers)
        responses.filter(pk=response.pk).update(cells=bytes(response.cells) + off)
        if not response.set_aside:
            counted.update(unpack(off))
    return counted


class Migration(migrations.Migration):
    dependencies = [("counting", "0001_initial"), ("surveys", "0001_initial")]

    operations = [migrations.RunPython(add_cells, migrations.RunPython.noop, elidable=True)]
