"""What visitors may type that is no sentence for a model, and words of the answer that each of them gets."""

UNUSABLE = [
    ("   ", "Nothing was typed"),
    ("🙂🙂🙂", "no word"),
    ("?!,.", "no word"),
    ("word " * 10_000, "50,000 characters"),
    ("the cat " * 20, "40 words and marks"),
]
