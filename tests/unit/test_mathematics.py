"""Formulas: LaTeX becomes MathML, and a line that can be read out; words from outside stay words."""

from xml.etree import ElementTree

import pytest

from sslviz.ui.live.mathematics import NAMES, digits, fraction, line, mean, words

HEAD = f'<math xmlns="{NAMES}" displaystyle="true"><mrow>'


def test_a_sum_and_a_fraction_as_mathml() -> None:
    """Written out by hand, after MathML Core: a sum with its limit below, a fraction, a letter with an index."""
    whole = "<mi>L</mi><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder>"
    whole += "<mfrac><mrow><msub><mi>x</mi><mi>i</mi></msub></mrow><mrow><mn>2</mn></mrow></mfrac></mrow></math>"
    assert line(r"L = \sum_i \frac{x_i}{2}") == {"pieces": [HEAD + whole], "said": "L = ∑ over i of xᵢ / 2"}


def test_a_loss_in_two_pieces_as_mathml() -> None:
    """The minus without a left side stands close, and ln stands apart from what it is taken of."""
    first = (
        '<mo lspace="0">=</mo><mo form="prefix">−</mo><mi>ln</mi><mspace width="0.17em" /><mn>0.5</mn></mrow></math>'
    )
    second = '<mo form="infix" lspace="0">−</mo><mn>3</mn></mrow></math>'
    assert line(r"= -\ln 0.5", "- 3") == {"pieces": [HEAD + first, HEAD + second], "said": "= −ln 0.5 − 3"}


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{a + b}{c}, x", "(a + b) / c, x"),
        (r"\frac{f(a + b)}{c}", "f(a + b) / c"),
        (r"\sum_{t=0}^{T-2} x_t", "∑ over t = 0 to T − 2 of xₜ"),
        (r"\hat{x}_i, \tilde{x}, \bar{z}", "x̂ᵢ, x̃, z̄"),
        (r"\left\lVert x \right\rVert^2", "‖x‖²"),
        (r"2 \cos(q(z), \operatorname{sg}(z'))", "2 cos(q(z), sg(z′))"),
        (r"\exp(-u \cdot v/\tau)", "exp(−u·v/τ)"),
        (r"e^{1.5} \times \sqrt{\operatorname{var} x}", "e^1.5 × √(var x)"),
        (r"p(y \mid \text{view of } x)", "p(y | view of x)"),
        (r"\underset{k}{\operatorname{argmin}} c_k", "argminₖ cₖ"),
    ],
)
def test_a_formula_can_be_read_out(latex: str, said: str) -> None:
    assert line(latex)["said"] == said


def test_a_minus_is_a_sign_or_joins() -> None:
    def forms(latex: str) -> list[str | None]:
        return [
            sign.get("form") for sign in ElementTree.fromstring(line(latex)["pieces"][0]).iter() if sign.text == "−"
        ]

    ElementTree.register_namespace("", NAMES)
    assert forms("-1") == forms("a = -1") == forms("p(-1)") == forms(r"\frac{-1}{2}") == ["prefix"]
    assert forms("a - 1") == forms("f(a) - 1") == forms(r"\left| a \right| - 1") == ["infix"]


@pytest.mark.parametrize(
    "word",
    [
        "<b>bold</b>", r"\frac", r"\frac{1}{2}", "}", "{", "$x$", "a & b", "50 % off", "a_b^c", "#1", "~", "&lt;", "\\",
        "]]>", "<!--", "x\\text{y}", "’ “ ” …", "naïve", "日本語", "x = 1", "\\\\", "it's", '"', "</mtext><script>",
    ],
)  # fmt: skip
def test_words_of_a_visitor_stay_words(word: str) -> None:
    made = line(rf"\ln p({words(word)})", f"= {words(word)}")
    assert made["said"] == f"ln p({word}) = {word}"
    first, second = map(ElementTree.fromstring, made["pieces"])
    assert [element.tag.partition("}")[2] for element in second.iter()] == ["math", "mrow", "mo", "mtext"]
    for root in (first, second):
        assert [one.text.replace("\xa0", " ") for one in root.iter(f"{{{NAMES}}}mtext")] == [word]


def test_what_cannot_be_printed_is_left_out_of_words() -> None:
    assert line(words("a\x00\ud800\ue05c\ue03cb\n\tc\u202e"))["said"] == "ab c"


@pytest.mark.parametrize(
    ("value", "how", "said"),
    [
        (0.5, ".2f", "0.50"),
        (-0.5, ".2f", "−0.50"),
        (1234.5, ",.1f", "1,234.5"),
        (1.2e-7, ".2g", "1.2 × 10⁻⁷"),
        (3e20, ".3g", "3 × 10²⁰"),
        (float("inf"), ".2f", "inf"),
        (float("nan"), ".2f", "nan"),
    ],
)
def test_numbers_are_read_as_they_are_written(value: float, how: str, said: str) -> None:
    assert line(digits(value, how))["said"] == said


def test_a_mean_may_wrap_between_its_terms() -> None:
    assert mean(["1", "2"], 2) == [r"= \frac{1}{2} \, (1", "+ 2)"]
    assert line(*mean(["1"], 1, sign="-"))["said"] == "= −1 / 1 (1)"
    assert line(*mean(["1", "2"], 9))["said"] == "= 1 / 9 (1 + 2 + …)"


def test_a_fraction_of_fractions() -> None:
    assert line(fraction(fraction("a", "b"), "c"))["said"] == "(a / b) / c"
