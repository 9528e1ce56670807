"""The page of `redundancy`."""
