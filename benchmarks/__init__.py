"""The figures of how fast is fast enough: each a ratio to a floor measured in the same run. `make bench` runs them."""
