"""The label of what a page shows: its random choices belong to the seed and the sample."""

import numpy as np

from sslviz.catalogue.masked_patches import MaskedPatchesOptions
from sslviz.catalogue.masked_words import MaskedWordsOptions
from sslviz.ui.frame.labelling import generator, make_label
from sslviz.ui.frame.picture_samples import pixel_batch
from sslviz.ui.frame.picture_samples import sample as pictures
from sslviz.ui.frame.sentence_samples import sample as sentence


def test_at_one_seed_sentences_of_one_length_are_masked_in_other_places() -> None:
    fates: dict[int, set[tuple[int, ...]]] = {}
    for number in range(60):
        this = sentence(number, "")
        draw, _ = make_label("masked_words", this.batch, 0, MaskedWordsOptions(), data="sentences")
        fates.setdefault(len(this.tokens), set()).add(tuple(draw["how"][0].tolist()))
    assert max(map(len, fates.values())) >= 4


def test_the_same_seed_and_sample_give_the_same_label_and_another_of_either_another() -> None:
    def covered(number: int, seed: int) -> bytes:
        batch = pixel_batch(pictures(number, "mixed", None).pixels)
        return make_label("masked_patches", batch, seed, MaskedPatchesOptions())[0]["covered"].tobytes()

    assert covered(3, 0) == covered(3, 0)
    assert len({covered(3, 0), covered(4, 0), covered(3, 1), covered(4, 1)}) == 4


def test_a_sample_is_told_by_what_is_in_it() -> None:
    pixels = pictures(3, "mixed", None).pixels
    first, again = (generator("queue", pixel_batch(pixels.copy()), 5).random(4) for _ in range(2))
    assert np.array_equal(first, again)
    pixels[0, 0, 0, 0] ^= 1
    assert not np.array_equal(first, generator("queue", pixel_batch(pixels), 5).random(4))
    assert not np.array_equal(first, generator("queue", pixel_batch(pixels), 5, again=1).random(4))
