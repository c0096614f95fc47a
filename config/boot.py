"""What must be true before the settings are used."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KNOWN_SECRETS = ("changeme", "change-me", "secret", "insecure", "example", "waymark", "password")
SECRET_LENGTH = 50


def check_secret(secret: str) -> None:
    """Refuse to boot with a missing, short or well-known SECRET_KEY: it signs sessions, links and tokens."""
    how = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    if not secret:
        raise ImproperlyConfigured(f"SECRET_KEY is not set. {how}")
    if len(secret) < SECRET_LENGTH or len(set(secret)) < 10:
        raise ImproperlyConfigured(f"SECRET_KEY is too short or too regular: at least {SECRET_LENGTH} characters are needed. {how}")
    if any(word in secret.lower() for word in KNOWN_SECRETS):
        raise ImproperlyConfigured(f"SECRET_KEY contains a well-known word. {how}")


def local_secret(path: Path) -> str:
    """The secret of an embedded installation: made once, readable by its owner alone, kept beside its database."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret
