import core.clock
import core.models.ordering
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0006_full_text"),
        ("core", "__first__"),
        ("portfolio", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("slug", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                            ("retired", "Retired"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Initiative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=160)),
                ("outcome", models.TextField(blank=True)),
                ("horizon", models.CharField(choices=[("now", "Now"), ("next", "Next"), ("later", "Later")], default="next", max_length=5)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product")),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("version_name", models.CharField(max_length=40)),
                ("day", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("shipped", "Shipped"), ("rolled_back", "Rolled back")],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                ("rolled_back_why", models.TextField(blank=True)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["day", "version_name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("product", "version_name"),
                        name="release_once_per_product",
                        violation_error_message="This product has a release of that name already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("product", None)),
                        fields=("version_name",),
                        name="train_once",
                        violation_error_message="There is a train of that name already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Roadmap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "layout",
                    models.CharField(
                        choices=[("timeline", "Timeline"), ("board", "Board"), ("horizons", "Now, next, later"), ("list", "List")],
                        default="timeline",
                        max_length=10,
                    ),
                ),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("is_shared", models.BooleanField(default=False)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Feature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("stage_since", models.DateTimeField(default=core.clock.now)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                            ("retired", "Retired"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("growth", "Growth"),
                            ("retention", "Retention"),
                            ("platform", "Platform"),
                            ("deal", "Deal-driven"),
                            ("compliance", "Compliance"),
                        ],
                        default="growth",
                        max_length=12,
                    ),
                ),
                ("effort_low", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("effort_likely", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("effort_high", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("start_date", models.DateField(blank=True, null=True)),
                ("target_date", models.DateField(blank=True, null=True)),
                (
                    "date_confidence",
                    models.CharField(blank=True, choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")], max_length=6),
                ),
                ("manual_rank", models.PositiveIntegerField(blank=True, null=True)),
                ("outside_id", models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ("demand_people", models.PositiveIntegerField(default=0, editable=False)),
                ("demand_accounts", models.PositiveIntegerField(default=0, editable=False)),
                ("demand_revenue", models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14)),
                ("demand_in", models.PositiveIntegerField(default=0, editable=False)),
                ("demand_rev", models.PositiveIntegerField(default=0, editable=False)),
                ("score", models.DecimalField(decimal_places=6, editable=False, max_digits=16, null=True)),
                ("score_low", models.DecimalField(decimal_places=6, editable=False, max_digits=16, null=True)),
                ("score_high", models.DecimalField(decimal_places=6, editable=False, max_digits=16, null=True)),
                ("score_completeness", models.DecimalField(decimal_places=3, default=0, editable=False, max_digits=4)),
                ("score_version", models.BigIntegerField(default=0, editable=False)),
                ("score_in", models.PositiveIntegerField(default=1, editable=False)),
                ("score_rev", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "deal_account",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.account"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roadmaps.feature"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.team"
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roadmaps.initiative"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roadmaps.release"
                    ),
                ),
                ("stage", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roadmaps.stage")),
            ],
            options={
                "ordering": [core.models.ordering.DescNullsLast("score"), "id"],
                "indexes": [
                    models.Index(
                        core.models.ordering.DescNullsLast("score"),
                        models.F("id"),
                        condition=models.Q(("deleted_at", None)),
                        name="feature_by_score",
                    ),
                    models.Index(
                        models.F("product"),
                        core.models.ordering.DescNullsLast("score"),
                        models.F("id"),
                        condition=models.Q(("deleted_at", None)),
                        name="feature_by_product_score",
                    ),
                    models.Index(condition=models.Q(("score_rev__lt", models.F("score_in"))), fields=["id"], name="feature_score_stale"),
                    models.Index(condition=models.Q(("demand_rev__lt", models.F("demand_in"))), fields=["id"], name="feature_demand_stale"),
                    models.Index(condition=models.Q(("deleted_at", None)), fields=["target_date"], name="feature_by_target"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("product", "number"), name="feature_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_date__gte", models.F("start_date")), ("target_date", None), ("start_date", None), _connector="OR"
                        ),
                        name="feature_ends_after_start",
                        violation_error_message="The target date lies before the start date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effort_low", None), ("effort_low__gte", 0), _connector="OR"),
                        name="effort_not_negative",
                        violation_error_message="Effort cannot be less than zero.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("effort_low", None),
                                ("effort_likely", None),
                                ("effort_likely__gte", models.F("effort_low")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("effort_high", None),
                                ("effort_likely", None),
                                ("effort_high__gte", models.F("effort_likely")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("effort_low", None), ("effort_high", None), ("effort_high__gte", models.F("effort_low")), _connector="OR"
                            ),
                        ),
                        name="effort_in_order",
                        violation_error_message="Effort is given as low, likely, high, in that order.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dependency",
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
                            ("FS", "Finish to start"),
                            ("SS", "Start to start"),
                            ("FF", "Finish to finish"),
                            ("relates", "Relates to"),
                        ],
                        default="FS",
                        max_length=8,
                    ),
                ),
                (
                    "agreement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None needed"),
                            ("requested", "Requested"),
                            ("accepted", "Accepted"),
                            ("committed", "Committed"),
                            ("met", "Met"),
                            ("refused", "Refused"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("needed_by", models.DateField(blank=True, null=True)),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="as_predecessor",
                        to="roadmaps.feature",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="as_successor",
                        to="roadmaps.feature",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("predecessor", "successor"),
                        name="dependency_once",
                        violation_error_message="These two features depend on each other already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("predecessor", models.F("successor")), _negated=True),
                        name="dependency_not_on_itself",
                        violation_error_message="A feature cannot wait for itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeatureObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("strength", models.PositiveSmallIntegerField(default=2)),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="objective_link",
                        to="roadmaps.feature",
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="feature_link",
                        to="portfolio.objective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("feature", "objective"), name="feature_serves_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("strength__range", (1, 3))), name="feature_strength_1_to_3"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeatureSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="segment_link",
                        to="roadmaps.feature",
                    ),
                ),
                ("segment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portfolio.segment")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("feature", "segment"), name="feature_for_segment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InitiativeObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("strength", models.PositiveSmallIntegerField(default=2)),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="objective_link",
                        to="roadmaps.initiative",
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="initiative_link",
                        to="portfolio.objective",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("initiative", "objective"), name="initiative_serves_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("strength__range", (1, 3))), name="initiative_strength_1_to_3"),
                ],
            },
        ),
    ]
