import core.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0006_full_text"),
        ("core", "__first__"),
        ("roadmaps", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("old", models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ("new", models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ("version", models.BigIntegerField()),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="score_change",
                        to="roadmaps.feature",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ScoringModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=80)),
                ("formula", models.CharField(blank=True, max_length=2000)),
                ("is_active", models.BooleanField(default=True)),
                ("edition", models.PositiveIntegerField(default=1)),
                ("settled_edition", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_active", True)),
                        fields=("product",),
                        name="one_active_model_per_product",
                        violation_error_message="This product has an active scoring model already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_active", True), ("product", None)),
                        fields=("is_active",),
                        name="one_active_portfolio_model",
                        violation_error_message="The portfolio has an active scoring model already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("key", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(choices=[("rated", "Rated by people"), ("computed", "Computed")], default="rated", max_length=8)),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("demand", "People who asked"),
                            ("revenue", "Revenue of the accounts that asked"),
                            ("effort", "Effort in person-weeks"),
                            ("alignment", "Objectives served"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("direction", models.CharField(choices=[("up", "More is better"), ("down", "Less is better")], default="up", max_length=4)),
                ("weight", models.DecimalField(decimal_places=3, default=1, max_digits=7)),
                ("scale_min", models.DecimalField(decimal_places=4, default=1, max_digits=14)),
                ("scale_max", models.DecimalField(decimal_places=4, default=5, max_digits=14)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("rubric", models.JSONField(blank=True, default=dict)),
                (
                    "consensus",
                    models.CharField(
                        choices=[("mean", "Mean"), ("median", "Median"), ("trimmed", "Trimmed mean")], default="mean", max_length=8
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="criterion",
                        to="prioritization.scoringmodel",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("model", "key"),
                        name="criterion_key_once",
                        violation_error_message="This model has a criterion of that key already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*$")),
                        name="criterion_key_is_a_name",
                        violation_error_message="A criterion's key is small letters, digits and underscores, for instance strategic_fit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scale_max__gt", models.F("scale_min"))),
                        name="scale_goes_up",
                        violation_error_message="The end of a scale lies above its beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0)),
                        name="weight_not_negative",
                        violation_error_message="A weight cannot be less than zero.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consensus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=4, max_digits=14)),
                ("low", models.DecimalField(decimal_places=4, max_digits=14)),
                ("high", models.DecimalField(decimal_places=4, max_digits=14)),
                ("count", models.PositiveIntegerField(default=1)),
                ("settled_why", models.TextField(blank=True)),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="consensus", to="roadmaps.feature"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="prioritization.criterion"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("feature", "criterion"), name="one_consensus")],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("value", models.DecimalField(decimal_places=4, max_digits=14)),
                ("confidence", models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="rating",
                        to="prioritization.criterion",
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="rating", to="roadmaps.feature"
                    ),
                ),
                ("rater", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("feature", "criterion", "rater"), name="one_rating_per_person"
                    )
                ],
            },
        ),
    ]
