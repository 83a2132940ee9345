import django.utils.timezone
from django.db import migrations, models

from spm import chain


class Migration(migrations.Migration):
    dependencies = [("spm", "0003_sessions_ended")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lines", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(default=chain.BEGINNING, max_length=64)),
                ("key", models.CharField(default="", max_length=8)),
                ("seal", models.CharField(default="", max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="audit_head_is_one_row")
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="auditevent", options={"base_manager_name": "objects", "ordering": ["-number"]}
        ),
        migrations.RenameField(model_name="auditevent", old_name="id", new_name="number"),
        migrations.AlterField(
            model_name="auditevent",
            name="number",
            field=models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="at",
            field=models.DateTimeField(
                db_index=True, default=django.utils.timezone.now, verbose_name="when"
            ),
        ),
        *(
            migrations.AddField(
                model_name="auditevent",
                name=name,
                field=models.CharField(default="", editable=False, max_length=length, **words),
                preserve_default=False,
            )
            for name, length, words in (
                ("key", 8, {}),
                ("previous", 64, {}),
                ("digest", 64, {"verbose_name": "seal"}),
            )
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["verb", "-number"], name="audit_by_verb"),
        ),
    ]
