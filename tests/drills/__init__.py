"""Kills, races and restores on real processes."""
