"""Cards drawn by hypothesis: every kind, awkward texts."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sslviz.catalogue import TASKS
from sslviz.flashcards.card import GENERAL, KINDS, BadCard, Flashcard, make, one_line

AWKWARD = st.sampled_from(
    [
        # what marks a card, a block, a property
        "#card", r"\#card", r"\\#card", "#[[card]]", "#tag", "- x", "-", "--", "id:: x", "a:: b", "[[page]]", "<!--",
        # what a spreadsheet takes for a formula, and our guard against it
        "=1+1", "+1", "@me", "-5", "'=x", "''=1", "＝1", "﹫",
        # quotes, separators, ends of lines
        "“q”", '"', '""', ",", ";", "|", "\t", "\n", "\r", "\r\n", "\n  ", "\n\t", "\u2028", "\u00a0", "  ",
        # what should not be seen
        "\ufeff", "\x00", "\x1f",
        # markup of pages, of Markdown, of Anki
        "<b>", "<script>", "&amp;", "**bold**", "**", "`code`", "``", "``` x", "::", "}}", "{{", "\\",
        "é", "e\u0301", "日本", "🙂",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(AWKWARD, AWKWARD, st.text(max_size=4), st.just(" ")), max_size=5).map("".join)
LINE = TEXT.filter(lambda text: one_line(text).strip())
IDS = st.integers(0, 10**9).map(lambda number: f"id-{number:x}")
INSIDE = st.from_regex(r"[a-zA-Z0-9:=\-'#]{1,8}(?: [a-z]{1,5})?", fullmatch=True)


@st.composite
def cards(draw: st.DrawFn) -> Flashcard:
    """A card that `make` takes."""
    kind = draw(st.sampled_from(list(KINDS)))
    rest: dict[str, Any] = {}
    question, answer = draw(LINE), draw(LINE)
    if kind == "cloze":
        gap, hint = draw(INSIDE), draw(st.one_of(st.just(""), INSIDE))
        question += f" {{{{cloze {gap}{chr(92) * 2 + hint if hint else ''}}}}} {draw(TEXT)}"
        answer = draw(st.one_of(st.just(""), TEXT))
    elif kind == "choice":
        rest["wrong"] = tuple(draw(st.lists(LINE, min_size=1, max_size=4)))
    elif kind == "picture":
        rest["draw"] = draw(st.sampled_from(list(TASKS)))
        answer = draw(st.one_of(st.just(""), TEXT))
    try:
        return make(
            draw(IDS),
            question,
            answer,
            task=draw(st.sampled_from([GENERAL, *TASKS])),
            level=draw(st.integers(1, 3)),
            kind=kind,
            page=draw(st.sampled_from(["", *TASKS])),
            source=draw(TEXT),
            tags=tuple(draw(st.lists(TEXT, max_size=3))),
            **rest,
        )
    except BadCard:
        assume(False)
        raise


DECKS = st.lists(cards(), max_size=3, unique_by=lambda card: card.id)
