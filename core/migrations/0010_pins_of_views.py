"""Who had pinned a view of theirs has it pinned still."""

from django.db import migrations


def keep_pins(apps, schema_editor):
    view, pin = apps.get_model("core", "SavedView"), apps.get_model("core", "PinnedView")
    pinned = view.objects.filter(is_pinned=True).values_list("owner_id", "pk")
    pin.objects.bulk_create([pin(user_id=owner, view_id=pk) for owner, pk in pinned], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_shared_views"),
    ]

    operations = [
        migrations.RunPython(keep_pins, migrations.RunPython.noop),
    ]
