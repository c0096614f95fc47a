"""The rows there is always one of: the organisation, the end of the chain."""

from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("core", "ChainHead").objects.create(pk=1)
    apps.get_model("core", "Organisation").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
