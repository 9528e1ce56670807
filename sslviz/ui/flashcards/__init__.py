"""The page Flashcards: review, quiz, progress, deck."""
