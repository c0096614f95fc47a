import core.clock
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0006_full_text"),
        ("core", "__first__"),
        ("portfolio", "0001_initial"),
        ("roadmaps", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Requester",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("job", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("outside_id", models.CharField(blank=True, max_length=120, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        related_query_name="requester",
                        to="portfolio.account",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("email", ""), _negated=True), ("deleted_at", None)),
                        fields=("email",),
                        name="requester_email_once",
                        violation_error_message="There is a requester with this e-mail address already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("outside_id",),
                        name="requester_outside_id_once",
                        violation_error_message="There is a requester with this outside id already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("email", ""), ("name", ""), ("outside_id", None)),
                        fields=("account",),
                        name="unnamed_requester_once",
                        violation_error_message="This account has a requester without a name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            ("account__isnull", False),
                            _connector="OR",
                        ),
                        name="requester_is_somebody",
                        violation_error_message="Give a name, an e-mail address or an account, so that one can tell who asks.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("source", models.CharField(default="form", max_length=30)),
                ("source_id", models.CharField(blank=True, max_length=120, null=True)),
                ("received_at", models.DateTimeField(default=core.clock.now)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, max_length=20000)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("request", "Request"),
                            ("problem", "Problem"),
                            ("praise", "Praise"),
                            ("question", "Question"),
                            ("interview", "Interview"),
                            ("exit_interview", "Exit interview"),
                            ("lost_deal", "Lost deal"),
                        ],
                        default="request",
                        max_length=14,
                    ),
                ),
                ("tags", models.JSONField(blank=True, default=list)),
                (
                    "account_state",
                    models.CharField(
                        blank=True,
                        choices=[("prospect", "Prospect"), ("customer", "Customer"), ("churned", "Churned"), ("lost", "Lost")],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("account_revenue", models.DecimalField(blank=True, decimal_places=2, editable=False, max_digits=14, null=True)),
                (
                    "importance",
                    models.CharField(
                        blank=True, choices=[("nice", "Nice"), ("important", "Important"), ("critical", "Critical")], max_length=10
                    ),
                ),
                (
                    "deal_size",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)]
                    ),
                ),
                ("deal_closes_on", models.DateField(blank=True, null=True, verbose_name="expected close")),
                ("competitor", models.CharField(blank=True, max_length=80, verbose_name="competitor chosen")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("linked", "Linked"),
                            ("snoozed", "Snoozed"),
                            ("declined", "Declined"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("declined_because", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.feedback"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
                (
                    "submitter",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        related_query_name="feedback",
                        to="feedback.requester",
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at", None)), fields=["state", "-received_at", "-id"], name="feedback_of_state"
                    ),
                    models.Index(condition=models.Q(("deleted_at", None)), fields=["-received_at", "-id"], name="feedback_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("source", "source_id"),
                        name="feedback_source_once",
                        violation_error_message="This message is here already, under the same source and id.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deal_size__gte", 0), ("deal_size", None), _connector="OR"),
                        name="deal_not_negative",
                        violation_error_message="The size of a deal cannot be less than zero.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None), models.Q(("merged_into", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="feedback_not_merged_into_itself",
                        violation_error_message="A message cannot be merged into itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "importance",
                    models.CharField(
                        choices=[("nice", "Nice"), ("important", "Important"), ("critical", "Critical")], default="important", max_length=10
                    ),
                ),
                ("quote", models.TextField(blank=True)),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", related_query_name="evidence", to="roadmaps.feature"
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="evidence", to="feedback.feedback"
                    ),
                ),
            ],
            options={
                "ordering": ["start", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("deleted_at", None)), fields=["feature", "feedback"], name="evidence_of_feature")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("feedback", "feature", "start", "end"),
                        name="passage_linked_once",
                        violation_error_message="This passage is linked to that feature already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("quote", "")),
                        fields=("feedback", "feature"),
                        name="message_linked_once",
                        violation_error_message="This message is linked to that feature already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("end", None), ("start", None)), ("start__lt", models.F("end")), _connector="OR"),
                        name="passage_has_an_extent",
                        violation_error_message="A passage ends after it starts.",
                    ),
                ],
            },
        ),
    ]
