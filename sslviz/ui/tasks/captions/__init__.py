"""The page of `captions`."""
