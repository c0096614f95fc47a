"""What the dashboard shows of the plan: whether dates hold, where effort goes, what people ask for."""

from roadmaps.tiles import demand, investment, status

__all__ = ["demand", "investment", "status"]
