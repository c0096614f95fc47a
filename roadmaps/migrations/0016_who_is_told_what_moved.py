"""Who has what moved on a roadmap sent to them."""

import core.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0015_audiences_of_older_installations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoadmapSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("weekly", "Every Monday"),
                            ("monthly", "On the first of every month"),
                            ("named", "With every moment named by schedule"),
                        ],
                        max_length=7,
                    ),
                ),
                ("told", models.DateTimeField(default=core.clock.now)),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="subscription",
                        to="roadmaps.roadmap",
                    ),
                ),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "roadmap"), name="roadmap_subscribed_once")],
            },
        ),
    ]
