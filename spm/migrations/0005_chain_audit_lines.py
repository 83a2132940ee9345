from django.db import migrations

from spm import chain

BATCH = 2000


def chain_lines(apps, schema_editor):
    """Number and seal the lines there are, oldest first, and set the head to their end."""
    event, head = apps.get_model("spm", "AuditEvent"), apps.get_model("spm", "AuditHead")
    key, number, previous, last = chain.key_in_use(), 0, chain.BEGINNING, 0
    fields = ("number", "at", "by", "verb", "target", "details")
    while batch := list(event.objects.filter(number__gt=last).order_by("number").values(*fields)[:BATCH]):
        for line in batch:
            last, number = line["number"], number + 1
            facts = line | {"number": number, "details": chain.plain(line["details"])}
            digest = chain.seal_of_line(**facts, key=key, previous=previous)
            event.objects.filter(number=last).update(
                number=number, details=facts["details"], key=key, previous=previous, digest=digest
            )
            previous = digest
    seal = chain.seal_of_head(lines=number, digest=previous, key=key)
    head.objects.update_or_create(
        pk=1, defaults={"lines": number, "digest": previous, "key": key, "seal": seal}
    )


class Migration(migrations.Migration):
    dependencies = [("spm", "0004_audit_chain")]

    operations = [migrations.RunPython(chain_lines, migrations.RunPython.noop)]
