"""The page of `next_sentence`."""
