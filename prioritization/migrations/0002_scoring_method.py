from django.db import migrations, models


def name_the_method(apps, editor):
    """Models that state a formula score by it."""
    apps.get_model("prioritization", "ScoringModel")._base_manager.exclude(formula="").update(method="formula")


class Migration(migrations.Migration):
    dependencies = [("prioritization", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="scoringmodel",
            name="method",
            field=models.CharField(
                choices=[("weighted_sum", "Weighted sum"), ("value_over_effort", "Value over effort"), ("formula", "Own formula")],
                default="weighted_sum",
                max_length=20,
            ),
        ),
        migrations.RunPython(name_the_method, migrations.RunPython.noop),
    ]
