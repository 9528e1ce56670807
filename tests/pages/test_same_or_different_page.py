"""The page Same or different: what the card shows large is what the model sees small."""

import numpy as np
from PIL import Image

from sslviz.catalogue.same_or_different import SameOrDifferentOptions
from sslviz.ui.frame.picture_samples import as_bytes, large_square, sample
from sslviz.ui.tasks.same_or_different import card as cards


def test_the_large_views_of_a_photo_have_the_cuts_and_colours_of_the_small_ones() -> None:
    this = sample(0, "photos", None)
    draw, labelled = cards.label(this.pixels, 3, SameOrDifferentOptions())
    small, n = as_bytes(labelled.inputs["views"]), len(this.pixels)
    for picture in range(n):
        square = large_square(this, picture, cards.LARGE)
        assert square is not None
        for v, view in enumerate(cards.large_views(square, draw, picture)):
            shrunk = np.asarray(Image.fromarray(view).resize((32, 32), Image.Resampling.BOX), float)
            gaps = np.abs(small - shrunk).mean((1, 2, 3))
            assert gaps[picture + v * n] < 30
            assert gaps.argmin() == picture + v * n  # of all twelve views it is this one
