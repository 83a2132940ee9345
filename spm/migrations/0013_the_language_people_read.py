from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spm", "0012_reports_are_prepared")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(
                choices=[("en", "English"), ("es", "Spanish")], default="", editable=False, max_length=7
            ),
        ),
    ]
