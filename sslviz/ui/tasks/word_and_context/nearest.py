"""The part of the page Word and context that looks for nearest words and answers analogies, by the vectors alone."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.catalogue import load
from sslviz.catalogue.word_and_context import ENTRY
from sslviz.data.word_rows import WordRows, word_rows, word_topics
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame import current, looks
from sslviz.ui.frame.once import once
from sslviz.ui.frame.parts import note, part, plain
from sslviz.ui.frame.transport import BUSY
from sslviz.ui.tasks.word_and_context.card import WordList, context_card

SLUG = ENTRY.slug
LEAST = 0.01  # a sum that is right this much more often than no sum is called better
KNOWN = "one of the commonest words of the training text"
FAMOUS, MEANT = ("man", "woman", "king"), "queen"
BILLIONS = 6  # words of Google News, arXiv 1301.3781 section 4.2
Vectors = NDArray[np.float32]  # (V, width)


def nearest_words(hide: set[str]) -> None:
    """The part of the page; left out with what was learned."""
    if "learned" not in hide:
        with st.container(key="nearest", border=True, gap="small"):
            st.fragment(_nearest_words)()


def _nearest_words() -> None:
    """A visitor's word with its nearest, an analogy of the visitor's, and both counted over many words."""
    part("Nearest words", "found by the vectors alone; the model never saw a list of meanings")
    words = list(word_rows(current.show(SLUG).config.data).vocabulary[1:])
    left, right = st.columns(2, gap="medium")
    with left:
        _choose("A word", "word", "mother", words)
    with right, st.container(horizontal=True, gap="xsmall", vertical_alignment="bottom"):
        for title, name, first in (("as", "a", "go"), ("is to", "b", "went"), ("so is", "c", "see")):
            _choose(title, name, first, words)
    st.fragment(_results)()


def _choose(title: str, name: str, first: str, words: list[str]) -> None:
    st.selectbox(
        title, words, index=words.index(first) if first in words else 0, key=f"{SLUG}_{name}",
        accept_new_options=True, persist_state="session",
    )  # fmt: skip


def _results() -> None:
    view = current.show(SLUG)
    text, (vectors, _) = word_rows(view.config.data), tables(view)
    typed = {name: str(st.session_state.get(f"{SLUG}_{name}") or "") for name in ("word", "a", "b", "c")}
    for refusal in dict.fromkeys(filter(None, (unknown(text, word) for word in typed.values()))):
        st.warning(refusal, icon=":material/edit_off:")
    context_card("context_near", card={"lists": lists(text, vectors, typed), "model": view.mode})
    note(famous(text, vectors, load(SLUG).info(view.config.data)["counts"]))
    below, beside = st.columns([3, 2], gap="medium")
    with below.container(gap="xsmall"):
        part("20 common words and their nearest five", "✓: the same part of speech, or a WordNet topic in common")
        st.html(neighbours_table(view))
    with beside.container(gap="xsmall"):
        part("Analogies, counted", "share of right answers")
        if view.status in BUSY:
            st.caption("Counted anew when the run pauses or ends.")
        else:
            st.html(analogies_table(view))
    looks.follow("nearest", view, current.run(SLUG), "step")


def tables(view: RunView) -> tuple[Vectors, Vectors]:
    """(V, width) the word vectors of the run as shown, and those of the same network before its first step."""
    from sslviz.training.answers import ask

    return ask(view.config, view.weights, lambda m: weights(m)[0]), ask(view.config, None, lambda m: weights(m)[0])


def weights(learner: Any) -> tuple[Vectors, Vectors]:
    """(V, width) the table of words that are asked, and that of words that are answered."""
    return learner.net.tokens.weight.numpy().copy(), learner.net.out.numpy().copy()


def number_of(text: WordRows, typed: str) -> int:
    """The number of a typed word, 0 where the vocabulary lacks it."""
    return text.index.get(typed.strip().lower().replace("’", "'"), 0)


def unknown(text: WordRows, typed: str) -> str | None:
    """One sentence about a word that the vocabulary lacks."""
    if not typed.strip():
        return f"Nothing was typed: please choose one of the {len(text.vocabulary) - 1:,} words."
    if number_of(text, typed):
        return None
    short = typed.strip() if len(typed.strip()) <= 40 else f"{typed.strip()[:30]}…"
    return (
        f"“{plain(short)}” is not among the {len(text.vocabulary) - 1:,} words: please choose {KNOWN}, such as mother."
    )


def lists(text: WordRows, vectors: Vectors, typed: dict[str, str]) -> list[WordList]:
    """The ten nearest words of one, and the five best answers to a : b = c : ?."""
    from sslviz.evaluation import analogies

    word, a, b, c = (number_of(text, typed[name]) for name in ("word", "a", "b", "c"))
    among, names = np.arange(1, len(text.vocabulary)), text.vocabulary
    near = _nearest(vectors, word, among) if word else []
    solved = analogies.solve(vectors, a, b, c, among) if a and b and c else []
    return [
        {
            "title": f"Ten nearest to “{names[word]}”" if word else "Ten nearest",
            "hint": "by cosine, 1 is the same direction",
            "rows": [[names[n], cosine] for n, cosine in near],
            "empty": "Choose a word of the vocabulary.",
        },
        {
            "title": f"{names[a]} : {names[b]} = {names[c]} : ?" if a and b and c else "Analogy",
            "hint": "nearest to the vector b − a + c; a, b and c themselves are left out",
            "rows": [[names[n], cosine] for n, cosine in solved],
            "empty": "Choose three words of the vocabulary.",
        },
    ]


def famous(text: WordRows, vectors: Vectors, counts: NDArray[np.int64]) -> str:
    """What becomes of the best known analogy here, told as it is; `counts` (V,) of the training text."""
    from sslviz.evaluation import analogies

    if not all(word in text.index for word in (*FAMOUS, MEANT)):
        return ""
    a, b, c = (text.index[word] for word in FAMOUS)
    among = np.arange(1, len(text.vocabulary))
    order = [number for number, _ in analogies.solve(vectors, a, b, c, among, len(among))]
    place = order.index(text.index[MEANT]) + 1
    asked = f"The famous example, {FAMOUS[0]} : {FAMOUS[1]} = {FAMOUS[2]} : ?, should give “{MEANT}”. "
    if place == 1:
        return f"{asked}Here it does."
    return (
        f"{asked}Here it fails: the answer is “{text.vocabulary[order[0]]}”, and “{MEANT}” comes at place {place:,} of "
        f"{len(order):,}. “{MEANT}” stands {counts[text.index[MEANT]]:,} times among the {counts.sum():,} words of "
        f"this text; the authors trained on {BILLIONS} billion words."
    )


def _nearest(vectors: Vectors, word: int, among: NDArray[np.int64]) -> list[tuple[int, float]]:
    from sslviz.evaluation.analogies import unit
    from sslviz.tasks.word_and_context import nearest

    long = unit(vectors)
    return [(int(n), float(long[n] @ long[word])) for n in nearest(vectors, word, among, 10)]


@once
def neighbours_table(view: RunView) -> str:
    """HTML: the words that `alike` asks, with their five nearest, those of the same kind marked, and how it counts."""
    from sslviz.tasks.word_and_context import alike, asked_words, known, nearest

    text, (vectors, random) = word_rows(view.config.data), tables(view)
    kinds, topics, rows = known(text), word_topics(), []
    for number in asked_words(text):
        kind, about = topics[text.vocabulary[number]]
        cells = []
        for other in nearest(vectors, number, kinds):
            its_kind, its_about = topics[text.vocabulary[other]]
            name = escape(text.vocabulary[other])
            hit = its_kind == kind or set(about) & set(its_about)
            cells.append(f"<b>{name}</b> ✓" if hit else name)
        rows.append(
            f"<tr><th scope='row'><b>{escape(text.vocabulary[number])}</b> <small>{kind}</small></th>"
            f"<td style='text-align:left;white-space:normal'>{', '.join(cells)}</td></tr>"
        )
    return (
        f"<p><b>{alike(vectors, text):.0%}</b> of these 100 neighbours are alike; with random vectors "
        f"<b>{alike(random, text):.0%}</b>.</p>"
        "<div class='masks' tabindex='0' role='region' aria-label='common words and their nearest'><table><thead><tr>"
        "<th scope='col'>word</th><th scope='col' style='text-align:left'>its five nearest</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        "<p class='credit'>How it is counted: the five commonest nouns, verbs, adjectives and adverbs of this text, by "
        "the part of speech that WordNet’s tagged texts have most often. Of each the five words with the highest "
        f"cosine among the {len(kinds):,} words of the vocabulary that WordNet knows. A neighbour counts if it has the "
        "same part of speech, or a topic in common such as food or motion. Many words are nouns, so random vectors "
        "reach some of it, too. No model is trained on WordNet.</p>"
    )


@once
def analogies_table(view: RunView) -> str:
    """HTML: the share of analogies right by group, beside the nearest word to c alone, and random vectors."""
    from sslviz.evaluation import analogies

    text, (vectors, random) = word_rows(view.config.data), tables(view)
    among = np.arange(1, len(text.vocabulary))
    pairs = zip(*(analogies.measure(table, text.index, among) for table in (vectors, random)), strict=True)
    rows = [(trained, untrained) for trained, untrained in pairs if trained.questions]
    body = "".join(
        f"<tr><th scope='row'>{escape(trained.group)}</th><td>{trained.questions:,}</td>"
        f"<td><b>{trained.sums:.0%}</b></td><td>{trained.alone:.0%}</td><td>{untrained.sums:.0%}</td></tr>"
        for trained, untrained in rows
    )
    questions = sum(trained.questions for trained, _ in rows)
    better = sum(trained.sums - trained.alone >= LEAST for trained, _ in rows)
    if not questions:
        return "<p class='credit'>This text has too few of the words that the list asks for.</p>"
    whole = [
        sum(counted.questions * value for counted, value in values) / questions
        for values in (
            [(trained, trained.sums) for trained, _ in rows],
            [(trained, trained.alone) for trained, _ in rows],
            [(untrained, untrained.sums) for _, untrained in rows],
        )
    ]
    cells = f"<td><b>{whole[0]:.0%}</b></td><td>{whole[1]:.0%}</td><td>{whole[2]:.0%}</td>"
    return (
        "<div class='masks' tabindex='0' role='region' aria-label='analogies by group'><table><thead><tr>"
        "<th scope='col'>a : b = c : ?</th><th scope='col'>asked</th><th scope='col'>b − a + c</th>"
        "<th scope='col'>c alone</th><th scope='col'>random</th></tr></thead>"
        f"<tbody>{body}<tr><th scope='row'>all questions</th><td>{questions:,}</td>{cells}</tr></tbody></table></div>"
        f"<p class='credit'>Our own list of pairs; each pair is asked with every other of its group, among "
        f"{len(among):,} words. “c alone” does no sum: it answers the nearest word to c; “random” are the vectors "
        "before training. In "
        f"{better} of {len(rows)} groups the sum is better than that, by a point or more. Where it is not, the answer "
        "was found by being near, not by arithmetic.</p>"
    )
