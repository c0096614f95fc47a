import core.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0006_full_text"),
        ("core", "__first__"),
        ("documents", "0001_initial"),
        ("roadmaps", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("field", "A field is filled"),
                            ("effort", "Effort is estimated"),
                            ("ratings", "Every criterion is rated"),
                            ("document", "A document is complete"),
                            ("evidence", "Enough people asked for it"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("description", "Description"),
                            ("owner", "Owner"),
                            ("team", "Team"),
                            ("initiative", "Initiative"),
                            ("release", "Release"),
                            ("start_date", "Start date"),
                            ("target_date", "Target date"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("least", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="at least")),
                ("is_blocking", models.BooleanField(default=False, verbose_name="blocking")),
                ("stage", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="roadmaps.stage")),
                (
                    "template",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.template"
                    ),
                ),
            ],
            options={
                "ordering": ["stage__position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "field"), _negated=True), models.Q(("field", ""), _negated=True), _connector="OR"
                        ),
                        name="check_names_field",
                        violation_error_message="Choose the field that must be filled.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "document"), _negated=True), ("template__isnull", False), _connector="OR"),
                        name="check_names_template",
                        violation_error_message="Choose the template whose document must be complete.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "evidence"), _negated=True), ("least__gte", 1), _connector="OR"),
                        name="check_names_number",
                        violation_error_message="Say how many people must have asked at least, from 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("question", models.CharField(max_length=300)),
                ("options", models.JSONField(blank=True, default=list)),
                ("outcome", models.CharField(max_length=300, verbose_name="what was decided")),
                ("why", models.TextField(blank=True)),
                ("decided_on", models.DateField()),
                ("expected", models.TextField(blank=True, verbose_name="what we expect of it")),
                ("look_again_on", models.DateField(blank=True, null=True, verbose_name="look again on")),
                (
                    "decided_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["-decided_on", "-id"],
                "indexes": [
                    models.Index(condition=models.Q(("deleted_at", None)), fields=["decided_on", "id"], name="decision_by_day"),
                    models.Index(
                        condition=models.Q(("deleted_at", None)), fields=["decided_by", "look_again_on"], name="decision_to_look_at"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("look_again_on", None), ("look_again_on__gte", models.F("decided_on")), _connector="OR"),
                        name="looked_at_after_decided",
                        violation_error_message="The day to look again lies before the decision.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="link", to="governance.decision"
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="decision_link",
                        to="roadmaps.feature",
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="roadmaps.initiative"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("feature__isnull", False), ("initiative", None)),
                            models.Q(("feature", None), ("initiative__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_about_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("decision", "feature"), name="decision_feature_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("decision", "initiative"), name="decision_initiative_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("sentence", models.CharField(max_length=300)),
                ("reason", models.TextField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("check_passed", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.check")),
                ("feature", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="roadmaps.feature")),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
    ]
