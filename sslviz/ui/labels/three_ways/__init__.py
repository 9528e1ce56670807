"""The page Three ways to learn."""
