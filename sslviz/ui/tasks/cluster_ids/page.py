"""The page of Cluster IDs: the model sorts the pictures itself; the number of its pile is a picture's label."""

from __future__ import annotations

from collections.abc import Sequence

from sslviz.catalogue.cluster_ids import ENTRY, ClusterIdsOptions
from sslviz.training.results.run_view import RunView
from sslviz.ui.frame.code_panel import Listing
from sslviz.ui.frame.controls import Control, Note
from sslviz.ui.frame.loss_lines import Line, even_chance, loss_lines
from sslviz.ui.frame.picture_page import PicturePage
from sslviz.ui.frame.picture_samples import CLOTHES_FIRST
from sslviz.ui.frame.task_page import Part
from sslviz.ui.tasks.cluster_ids.card import card
from sslviz.ui.tasks.cluster_ids.guess import question
from sslviz.ui.tasks.cluster_ids.learned import rounds
from sslviz.ui.tasks.cluster_ids.lesson import LESSON

FIRST = 119  # a sample of clothes in which the recorded model names most of the clusters
LEAD = {
    "Basic": "Sort a box of buttons into piles that look alike; nobody said which piles. Number the piles, and every "
    "button has a label. A model learns to name the number of each button. Then sort again, by what the model has "
    "learned.",
    "Standard": "The model’s trunk turns every training picture into a vector, and k-means sorts these vectors into "
    "clusters. The cluster’s number is the picture’s label; the model learns to name it from a cut-out. After some "
    "steps all pictures are sorted again with the better trunk, and the head that names the numbers starts from "
    "scratch.",
    "Detailed": "Round: vectors f(x) of the unchanged pictures → PCA, whitening, length 1: z̄ → k-means, minimising "
    "Σ ‖z̄ᵢ − c‖² → y = argminₖ ‖z̄ − cₖ‖. Between rounds: minimise −ln p(y | view of x), batches drawn evenly over "
    "clusters. Linear head, drawn anew in each round: weights times 30 are N(0, 0.01²), and the factor 30 stands for "
    "the head’s own optimiser in the paper. A frozen copy of the trunk says y of any other picture. The "
    "paper takes colour away first (Sobel), has AlexNet and 10,000 clusters. DeepCluster: arXiv 1807.05520, section 3.",
}


def baselines(view: RunView) -> list[Line]:
    """Dashed lines of the loss plot; in another setting only guessing, which is always known."""
    return loss_lines(view) or [even_chance(view.config.choices["clusters"])]


def code() -> Sequence[Listing]:
    """Who makes the label, what the model sees, and what judges its answer."""
    from sslviz.tasks import rounds as parts
    from sslviz.tasks.cluster_ids import ClusterIds

    return (
        ClusterIds.refresh, ClusterIds.targets_from_model, parts.nearest, ClusterIds.draw, ClusterIds.apply,
        ClusterIds.loss, parts.evenly, parts.match,
    )  # fmt: skip


PAGE = PicturePage[ClusterIdsOptions](
    slug=ENTRY.slug, options=ClusterIdsOptions, lead=LEAD, card=card, sources=CLOTHES_FIRST, first=FIRST,
    hint="click a picture: who else is in its pile",
    controls=(
        Control("clusters", step=5), Control("every", step=10),
        Control("smallest", step=0.05), Control("light", step=0.05), Control("flip"),
        Note("Clusters and rounds belong to a run: a change holds for the next run, after Reset and Play."),
    ),
    redraw="Another cut-out", redrawn="Same pictures, other cut-outs; the label stays",
    question=question, code=code, baselines=baselines, lesson=LESSON,
    parts=(Part(rounds, when="last"),),  # sorting by pixels takes a second that the card need not wait for
)  # fmt: skip
