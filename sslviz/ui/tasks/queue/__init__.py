"""The page of `queue`."""
