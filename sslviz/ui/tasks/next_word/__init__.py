"""The page of `next_word`."""
