"""Pages of core, a file per room."""
