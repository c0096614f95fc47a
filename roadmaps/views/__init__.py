"""Pages of roadmaps, a file per page or noun."""
