"""The page of `same_or_different`."""
