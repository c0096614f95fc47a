"""What files can become: one module per kind, each a Target."""

from typing import Any

from integrations.models import Kind
from integrations.targets import accounts, features, feedback, releases
from integrations.targets.base import Field, Target

TARGETS: dict[str, Target[Any]] = {
    Kind.FEATURES: features.TARGET,
    Kind.RELEASES: releases.TARGET,
    Kind.ACCOUNTS: accounts.TARGET,
    Kind.FEEDBACK: feedback.TARGET,
}

__all__ = ["TARGETS", "Field", "Target"]
