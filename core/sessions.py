"""Where sign-ins are kept: in the database, asked for in every request and therefore by a statement compiled once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import prepared

session_of = prepared(lambda key: Session.objects.filter(session_key=key))


class SessionStore(DatabaseStore):
    """Django's own, but for the reading."""

    def _get_session_from_db(self) -> Session | None:
        found = next(iter(session_of(self.session_key)), None)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
