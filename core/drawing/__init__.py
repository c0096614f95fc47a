"""Drawings on pages: shapes in pixels of 1/96 inch, and the writers that make pictures, pages and slides of them."""
