"""Flashcards: the deck, when each card comes back, what each learner has done, the quiz, and the ways in and out.

Nothing here imports torch or streamlit: the page with the cards is there before either has been loaded. Clocks are
handed in (`now`, an aware datetime), so that a test can stand at any moment; seeds too.
"""
