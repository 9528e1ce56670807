// The keyboard's focus where what was pressed goes away. In questions the focus then goes where the eye is, to the
// verdict, or else to the next question's first choice; where a run is trained, to Play or Pause.
import { find } from '../shared.js'

const PARTS = ['.st-key-guess', '.st-key-quiz', '.st-key-cards'] // in which there are questions
const TRANSPORT = '.st-key-transport'
const PLAY = '.st-key-play button'
const VERDICT = '.verdict, [class*="_verdict"]'
const CHOICE = '[data-testid=stButtonGroup] button, [role=radiogroup] input, [data-testid=stTextInput] input'
const AGAIN = 100 // ms
const PATIENCE = 50 // times that a disabled button is looked at again
const FOLLOWS = Node.DOCUMENT_POSITION_FOLLOWING

/** @type {{ node: HTMLElement, part: string, waited: number } | null} */
let last = null
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/** Whether the focus has fallen to the page because what had it is gone. */
function lost() {
  const { activeElement: active, body } = document
  if (!last || (active && active !== body && active !== last.node)) return false
  return !last.node.isConnected || last.node.matches(':disabled') || last.waited > 0
}

function look() {
  timer = undefined
  if (!last || !lost()) return
  const part = find(document, last.part)
  if (last.part === TRANSPORT) {
    if (last.node.isConnected && !last.node.matches(':disabled')) last.node.focus()
    else if (!last.node.isConnected || last.waited >= PATIENCE) find(part, PLAY)?.focus()
    else {
      last.waited += 1 // Step is disabled as long as it computes
      timer = setTimeout(look, AGAIN)
    }
    return
  }
  const verdict = find(part, VERDICT)
  const running = find(document, '[data-testid=stApp][data-test-script-state=running]')
  const begins = find(part, '.nth') // where there is more above the question, as on the page of flashcards
  const choice = [...(part?.querySelectorAll(CHOICE) ?? [])].find(
    one => !one.matches(':disabled') && (!begins || begins.compareDocumentPosition(one) & FOLLOWS),
  )
  const goal = verdict ?? (running ? null : choice)
  if (goal instanceof HTMLElement) {
    if (goal === verdict) goal.tabIndex = -1
    goal.focus()
  } else if (running) timer = setTimeout(look, AGAIN)
}

export function keep_focus() {
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return
    const part = [...PARTS, TRANSPORT].find(one => target.closest(one))
    last = part ? { node: target, part, waited: 0 } : null
  })
  document.addEventListener('pointerdown', ({ target }) => {
    if (last && target instanceof Element && !target.closest(last.part)) last = null // the visitor is elsewhere
  })
  const seen = new MutationObserver(() => {
    if (last && timer === undefined) timer = setTimeout(look, AGAIN)
  })
  seen.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
}
