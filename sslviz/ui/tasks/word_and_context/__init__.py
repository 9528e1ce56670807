"""The page of `word_and_context`."""
