"""Where people worked before there were audiences, the five are there that a new installation begins with.

An installation that has audiences, or had them and removed them, keeps what it has. No event tells of it: an upgrade is nobody's act.
"""

from django.db import migrations

FACTS = [
    "key", "stage", "status", "initiative", "horizon", "outcome", "product", "objective", "owner", "team", "effort", "release", "score",
    "confidence", "dependencies",
]  # fmt: skip
PLAIN = ["status", "initiative", "horizon", "product"]
AUDIENCES = [
    ("internal", "Internal", FACTS, "exact", False, ""),
    ("leadership", "Leadership", [fact for fact in FACTS if fact not in ("effort", "dependencies")], "month", False, ""),
    ("sales", "Sales", [*PLAIN, "outcome", "release"], "quarter", False, "status:open"),
    ("customers", "Customers", PLAIN, "quarter", True, "status:open"),
    ("public", "Public", ["initiative", "horizon"], "half", True, "status:open"),
]


def begin(apps, schema_editor):
    audiences = apps.get_model("roadmaps", "Audience")._base_manager
    if not apps.get_model("core", "User")._base_manager.exists() or audiences.exists():
        return
    for position, (slug, name, shows, dates, has_outside_names, leaves_out) in enumerate(AUDIENCES):
        audiences.create(
            slug=slug, name=name, position=position, shows=shows, dates=dates, has_outside_names=has_outside_names,
            leaves_out=leaves_out,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("core", "0016_events_of_the_past"), ("roadmaps", "0014_links_that_take_answers")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
