"""What roadmaps do once on every day of the organisation."""

from core.daily import register_daily
from roadmaps.services import forget_visits, take_due_snapshots, tell_subscribers

register_daily("snapshots", take_due_snapshots)
register_daily("visits", forget_visits)
register_daily("what moved", tell_subscribers)
