"""When a fact of the past was written down; no event so far was brought in late but the demonstration's, whose own moments stand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0015_gather_words")]

    operations = [migrations.AddField("event", "written_at", models.DateTimeField(null=True))]
