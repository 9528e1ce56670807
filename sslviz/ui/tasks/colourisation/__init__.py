"""The page of `colourisation`."""
