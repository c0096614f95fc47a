"""Telling other systems what happened: Standard Webhooks 1.0.0."""
