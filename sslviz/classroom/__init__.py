"""A class in a room: a teacher asks, phones vote, nobody has an account, and after a day nothing is left.

Nothing here knows of Streamlit, of models or of tasks: a question comes as words, pictures and sounds.
"""
