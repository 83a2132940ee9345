from django.db import migrations, models
from django.utils import timezone


def as_the_stays_were_counted(apps, schema_editor):
    """Those kept were made right after the stays of the last build."""
    build = apps.get_model("exits", "SpellBuild").objects.order_by("-pk").first()
    read_at = build.built_at if build else timezone.now()
    apps.get_model("exits", "Analysis").objects.update(read_at=read_at)


class Migration(migrations.Migration):
    dependencies = [("exits", "0013_reports_by_mail")]

    operations = [
        migrations.AddField("analysis", "read_at", models.DateTimeField(null=True)),
        migrations.RunPython(as_the_stays_were_counted, migrations.RunPython.noop),
        migrations.AlterField("analysis", "read_at", models.DateTimeField()),
    ]
