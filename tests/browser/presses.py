"""Presses on the card's buttons, and what it shows in the very same moment."""

from visitor import Visitor

# Press by a real event, and look at the card in the very same task of the browser, before anything can be answered.
ROOT = """() => {
  const roots = [...document.querySelectorAll('.st-key-sample_card *, .st-key-stage *')].map(one => one.shadowRoot)
  return roots.map(one => one?.querySelector('.root')).find(one => one?.children.length)
}"""
SHOWN = f"() => ({ROOT})().innerHTML"
PRESS = f"""async ([keys, pause]) => {{
  const root = ({ROOT})(), shown = []
  for (const key of keys) {{
    const button = () => document.querySelector(`.st-key-${{key}} button`)
    while (!button()) await new Promise(requestAnimationFrame) // nobody can press what is not there yet
    button().click()
    const whole = [...root.querySelectorAll('img')].every(one => one.complete)
    shown.push(root.hasAttribute('data-late') ? '' : whole ? root.innerHTML : 'pictures are missing')
    await new Promise(done => setTimeout(done, pause))
  }}
  return shown
}}"""
QUICK = 90  # ms between two presses


def press(visitor: Visitor, *keys: str) -> list[str]:
    """Press quickly; returns what the card showed at each press, "" where it had nothing to show yet."""
    found: list[str] = visitor.page.evaluate(PRESS, [keys, QUICK])
    return found


def rests(visitor: Visitor) -> str:
    """What the card shows once Python has followed."""
    visitor.page.wait_for_function(f"() => ({ROOT})().getAttribute('aria-busy') !== 'true'")
    visitor.page.wait_for_function("() => !document.documentElement.hasAttribute('data-behind')")
    visitor.settle()
    found: str = visitor.page.evaluate(SHOWN)
    return found


def fetched(visitor: Visitor, of: str = "cards") -> None:
    """Until the next cards are in the browser, or those of a slider, by its key."""
    visitor.settle()
    visitor.page.locator(f'[class*=_ahead] .root[data-ready~="{of}"]').wait_for(state="attached")
