"""Words and questions of the page Word and context, and its part about nearest words and analogies."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from sslviz.data.running import Running, running, word_topics
from sslviz.training.shown import Shown
from sslviz.ui import context_card, current, live
from sslviz.ui.context_card import SLUG
from sslviz.ui.parts import part, plain
from sslviz.ui.transport import BUSY, POLL

LEAD = {
    "Basic": "Tell me who your friends are, and I tell you who you are: a word’s neighbours are its label. Coffee has "
    "cup and drink beside it, and so has tea. It is not the next word; order plays no part.",
    "Standard": "Very common words are dropped at random; then each word, the centre, gets a window of 1 to 5 words to "
    "both sides. The score of centre and neighbour, 0 to 1, shall rise; with noise words, drawn for each label, it "
    "shall fall: loss −ln σ(neighbour) − Σ ln(1 − σ(noise)). Skip-gram asks the centre for each neighbour, CBOW the "
    "neighbours together for the centre. It is not the next word, and no order is learned; one vector serves all "
    "senses: a river’s bank and a bank of money share theirs.",
    "Detailed": "Minimise −ln σ(u·v) − Σₖ ln σ(−uₖ·v): v is the centre’s row in one table (in CBOW the mean of the "
    "neighbours’), u the label’s in another, which starts at 0, so the first loss is (1 + k) ln 2. Noise: p ∝ "
    "count^0.75; noise that is the label is skipped, but another neighbour counts as wrong. Subsampling is that of "
    "the authors’ program, keep = √(t/f) + t/f: 0.4162 at f = 10 t, where their paper’s √(t/f) gives 0.3162. "
    "Not the next word, and no order. arXiv 1301.3781, 1310.4546. Levy & Goldberg 2014: with exponent 1 the best u·v "
    "is PMI − ln k, so it is counting in disguise.",
}
LEAST = 0.01  # a sum that is right this much more often than no sum is called better
BLANK = "▨▨▨"
KNOWN = "one of the commonest words of the training text"


def baseline_lines(view: Shown) -> list[dict[str, Any]]:
    """Dashed lines of the loss plot: all scores 0, and counting; the first alone where the setting is another."""
    from sslviz.ui import page

    k = view.config.choices["negatives"] + 1
    return page.loss_lines(view) or [
        {"name": f"all scores 0: {k} × ln 2", "value": k * float(np.log(2)), "kind": "chance"}
    ]


# guess


def question(slug: str) -> dict[str, Any]:
    """A word of a held-out sentence, one place near it, and four words of which one stood there."""
    number = st.session_state.get(f"{slug}_guess", 0)
    view = current.show(slug)
    ids, centre, place, noise = asked(number, view.config.data)
    words, truth = running(view.config.data).vocabulary, int(ids[place])
    numbers = sorted((truth, *noise), key=lambda n: words[n])
    model = model_scores(view, int(ids[centre]), numbers)
    counted = counted_scores(view.config.data, int(ids[centre]), numbers)
    shown = [words[n] if i == centre else "?" if i == place else BLANK for i, n in enumerate(ids)]
    near = shown[max(0, centre - 5) : centre + 6]

    def show() -> None:
        st.html(f"<p class='asked'>{escape(' '.join(near))}</p>")

    return {
        "question": f"Which of these stood at the “?”, near “{words[ids[centre]]}”? Order tells nothing here.",
        "choices": [words[n] for n in numbers],
        "truth": words[truth],
        "model": None if np.ptp(model) == 0 else words[numbers[int(model.argmax())]],
        "others": {"counted pairs": words[numbers[int(counted.argmax())]]},
        "chance": 1 / len(numbers),
        "show": show,
    }


def asked(number: int, data: str) -> tuple[NDArray[np.int64], int, int, list[int]]:
    """(words of a held-out sentence, place of the centre, place of a neighbour, three noise words).

    Centre and neighbour have three letters or more and are no common word of grammar; the noise words are drawn as in
    training, until there are three such words that do not stand in the sentence.
    """
    from sslviz.catalogue import load
    from sslviz.tasks.word_and_context import noise_probability

    rng, text = np.random.default_rng((number, context_card.PAGE, 99)), running(data)
    chance = noise_probability(load(SLUG).pool(data)["counts"], 0.75)

    def telling(n: int) -> bool:
        return len(text.vocabulary[n]) > 2 and text.vocabulary[n] in word_topics()

    while True:
        ids = text.held[int(rng.integers(len(text.held)))]
        pairs = [
            (c, o) for c in range(len(ids)) for o in range(len(ids))
            if 0 < abs(c - o) <= 5 and ids[c] != ids[o] and telling(ids[c]) and telling(ids[o])
        ]  # fmt: skip
        if pairs and len(ids) <= 14:
            break
    centre, place = pairs[int(rng.integers(len(pairs)))]
    noise: list[int] = []
    while len(noise) < 3:
        drawn = int(rng.choice(len(chance), p=chance))
        if telling(drawn) and drawn not in ids and drawn not in noise:
            noise.append(drawn)
    return ids, centre, place, noise


def model_scores(view: Shown, centre: int, numbers: list[int]) -> NDArray[np.float32]:
    """u·v of a centre with each of some words."""
    from sslviz.training.answers import ask

    found: NDArray[np.float32] = ask(
        view.config, view.weights, lambda m: _weights(m)[1][numbers] @ _weights(m)[0][centre]
    )
    return found


def counted_scores(data: str, centre: int, numbers: list[int]) -> NDArray[np.float64]:
    """p(word | centre) / p(word as noise), counted in the training text, with 10 imagined pairs."""
    from sslviz.catalogue import load
    from sslviz.tasks.word_and_context import PRIOR, noise_probability

    pool = load(SLUG).pool(data)
    seen = pool["pairs"][[centre], :].toarray().ravel()
    given = (seen[numbers] + PRIOR * pool["near"][numbers]) / (seen.sum() + PRIOR)
    return np.asarray(given / noise_probability(pool["counts"], 0.75)[numbers], dtype=np.float64)


# nearest words and analogies


def nearest_part() -> None:
    """A visitor's word with its nearest, an analogy of the visitor's, and both counted over many words."""
    part("Nearest words", "found by the vectors alone; the model never saw a list of meanings")
    words = list(running(current.show(SLUG).config.data).vocabulary[1:])
    left, right = st.columns(2, gap="medium")
    with left:
        _choose("A word", "word", "mother", words)
    with right, st.container(horizontal=True, gap="xsmall", vertical_alignment="bottom"):
        for title, name, first in (("as", "a", "go"), ("is to", "b", "went"), ("so is", "c", "see")):
            _choose(title, name, first, words)
    busy = current.show(SLUG).status in BUSY
    st.fragment(_results, run_every=2 * POLL if busy else None)()


def _choose(title: str, name: str, first: str, words: list[str]) -> None:
    st.selectbox(
        title, words, index=words.index(first) if first in words else 0, key=f"{SLUG}_{name}",
        accept_new_options=True, persist_state="session",
    )  # fmt: skip


def _results() -> None:
    view = current.show(SLUG)
    text, (vectors, random) = running(view.config.data), tables(view)
    typed = {name: str(st.session_state.get(f"{SLUG}_{name}") or "") for name in ("word", "a", "b", "c")}
    for said in dict.fromkeys(filter(None, (unknown(text, word) for word in typed.values()))):
        st.warning(said, icon=":material/edit_off:")
    live.context_card("context_near", card={"lists": lists(text, vectors, typed), "model": view.mode})
    below, beside = st.columns([3, 2], gap="medium")
    with below.container(gap="xsmall"):
        part("20 common words and their nearest five", "✓: the same part of speech, or a WordNet topic in common")
        st.html(neighbours_table(text, vectors, random))
    with beside.container(gap="xsmall"):
        part("Analogies, counted", "share right, told as it is")
        if view.status in BUSY:
            st.caption("Counted anew when the run pauses or ends.")
        else:
            st.html(analogies_table(text, vectors, random))


def tables(view: Shown) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(V, width) the word vectors of the run as shown, and those of the same network before its first step."""
    from sslviz.training.answers import ask

    return ask(view.config, view.weights, lambda m: _weights(m)[0]), ask(view.config, None, lambda m: _weights(m)[0])


def _weights(learner: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(V, width) the table of words that are asked, and that of words that are answered."""
    return learner.net.tokens.weight.numpy().copy(), learner.net.out.numpy().copy()


def number_of(text: Running, typed: str) -> int:
    """The number of a typed word, 0 where the vocabulary lacks it."""
    return text.index.get(typed.strip().lower().replace("’", "'"), 0)


def unknown(text: Running, typed: str) -> str | None:
    """One sentence about a word that the vocabulary lacks."""
    if not typed.strip():
        return f"Nothing was typed: please choose one of the {len(text.vocabulary) - 1:,} words."
    if number_of(text, typed):
        return None
    short = typed.strip() if len(typed.strip()) <= 40 else f"{typed.strip()[:30]}…"
    return (
        f"“{plain(short)}” is not among the {len(text.vocabulary) - 1:,} words: please choose {KNOWN}, such as mother."
    )


def lists(text: Running, vectors: NDArray[np.float32], typed: dict[str, str]) -> list[dict[str, Any]]:
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


def _nearest(vectors: NDArray[np.float32], word: int, among: NDArray[np.int64]) -> list[tuple[int, float]]:
    from sslviz.evaluation.analogies import unit
    from sslviz.tasks.word_and_context import nearest

    long = unit(vectors)
    return [(int(n), float(long[n] @ long[word])) for n in nearest(vectors, word, among, 10)]


def neighbours_table(text: Running, vectors: NDArray[np.float32], random: NDArray[np.float32]) -> str:
    """HTML: the words that `alike` asks, with their five nearest, those of the same kind marked, and how it counts."""
    from sslviz.tasks.word_and_context import alike, asked_words, known, nearest

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


def analogies_table(text: Running, vectors: NDArray[np.float32], random: NDArray[np.float32]) -> str:
    """HTML: the share of analogies right by group, beside the nearest word to c alone, and random vectors."""
    from sslviz.evaluation import analogies

    among = np.arange(1, len(text.vocabulary))
    mine, bare = (analogies.measure(table, text.index, among) for table in (vectors, random))
    found = [(one, other) for one, other in zip(mine, bare, strict=True) if one.questions]
    body = "".join(
        f"<tr><th scope='row'>{escape(one.group)}</th><td>{one.questions:,}</td><td><b>{one.sums:.0%}</b></td>"
        f"<td>{one.alone:.0%}</td><td>{other.sums:.0%}</td></tr>"
        for one, other in found
    )
    questions = sum(one.questions for one, _ in found)
    better = sum(one.sums - one.alone >= LEAST for one, _ in found)
    if not questions:
        return "<p class='credit'>This text has too few of the words that the list asks for.</p>"
    whole = [
        sum(counted.questions * value for counted, value in values) / questions
        for values in (
            [(one, one.sums) for one, _ in found],
            [(one, one.alone) for one, _ in found],
            [(other, other.sums) for _, other in found],
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
        f"{better} of {len(found)} groups the sum is better than that, by a point or more. Where it is not, the answer "
        "was found by being near, not by arithmetic.</p>"
    )
