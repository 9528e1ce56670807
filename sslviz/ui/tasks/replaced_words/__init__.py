"""The page of Replaced words."""
