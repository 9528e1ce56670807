"""The page of `two_views`."""
