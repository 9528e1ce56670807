// Reviewing cards. The view holds the next few cards, so a grade shows the next one at once; every grade is kept in the
// browser until Python has said that it is written down, and is sent again until then.
import { make, set } from '../live/shared.js'
import { view } from '../live/view.js'
import { draw, draw_top } from './review/draw.js'
import { heard } from './review/keys.js'
import { empty_hand, grade, reveal, take, undo } from './review/queue.js'
import { unsent } from './review/unsent.js'

/** @import { View } from '../live/view.js' */
/** @import { Desk, Review } from './review/types.js' */

const QUIET = 'sslviz-keys-off'
const KEYS =
  'Space shows the answer, then Good; 1 to 4 grade; A to G choose; U or Z undoes. Press to turn keys off or on.'
const RETRY = [4000, 8000, 15000, 30000] // ms until an unanswered grade is sent again
const SOON = 1500 // ms until a card that is being loaded is asked for again
const MOST = 300 // sends at a time

// ---- what is sent -----------------------------------------------------------------------------------------------

/**
 * Tell Python, with all that it has not written down.
 * @param {Desk} desk
 * @param {object} event
 */
function tell(desk, event) {
  const now = Date.now()
  const sends = unsent(desk.learner).slice(0, MOST)
  const aged = sends.map(one => ({ ...one, ago: Math.max(0, now - one.at) }))
  desk.send({ ...event, sends: aged, nth: ++desk.count })
  again_later(desk)
}

/**
 * Ask again in a while: an answer may have been lost with the server that should have given it.
 * @param {Desk} desk
 */
function again_later(desk) {
  clearTimeout(desk.timer)
  const { waiting } = desk.data
  if (!unsent(desk.learner).length && !waiting) {
    desk.tries = 0
    return
  }
  const wait = waiting ? SOON : RETRY[Math.min(desk.tries++, RETRY.length - 1)]
  desk.timer = setTimeout(() => {
    if (desk.root.isConnected && desk.data.ready) tell(desk, { kind: 'again' })
  }, wait)
}

// ---- what the learner does --------------------------------------------------------------------------------------

/**
 * @param {Desk} desk
 * @param {number | null} [chosen]
 */
function open(desk, chosen = null) {
  const then = reveal(desk, chosen)
  if (!then) return
  draw(desk)
  if (then === 'ask') tell(desk, { kind: 'again' })
}

/**
 * @param {Desk} desk
 * @param {boolean} done  whether there is something to send
 */
function sent(desk, done) {
  if (!done) return
  draw(desk)
  if (desk.data.ready) tell(desk, { kind: 'sends' })
}

// ---- all together -----------------------------------------------------------------------------------------------

/** @param {Desk} desk */
function begin(desk) {
  desk.acts = {
    open: chosen => open(desk, chosen),
    grade: value => sent(desk, grade(desk, value)),
    tell: event => tell(desk, event),
  }
  Object.assign(desk, empty_hand(), { count: 0, tries: 0, card_key: '', actions_key: '', turn: '', listening: true })
  try {
    desk.listening = localStorage.getItem(QUIET) !== '1'
  } catch {
    // as usual
  }
  desk.tally = make('span', 'tally')
  desk.progress = make('progress')
  desk.counts = make('span', 'counts')
  desk.undo = make('button', 'plain', '↶ Undo ', { type: 'button', onclick: () => sent(desk, undo(desk)) })
  desk.undo.append(make('kbd', '', 'U'))
  set(desk.undo, { 'aria-keyshortcuts': 'U' })
  desk.keys = make('button', 'plain keys', 'Keys', { type: 'button', title: KEYS, onclick: () => turn_keys(desk) })
  const top = make('div', 'top')
  top.append(desk.tally, desk.progress, desk.counts, desk.undo, desk.keys)
  desk.trouble = set(make('p', 'trouble', '', { hidden: true }), { role: 'status' })
  desk.card = set(make('section', 'card'), { 'aria-live': 'polite', 'aria-label': 'Card' })
  desk.actions = make('div', 'actions')
  desk.root.replaceChildren(top, desk.trouble, desk.card, desk.actions)
  listen(desk)
}

/** @param {Desk} desk */
function turn_keys(desk) {
  desk.listening = !desk.listening
  try {
    localStorage.setItem(QUIET, desk.listening ? '0' : '1')
  } catch {
    // for this visit
  }
  draw_top(desk)
}

/**
 * Hear keys, and when this page comes to the front again, as long as the view is there.
 * @param {Desk} desk
 */
function listen(desk) {
  const keyed = (/** @type {KeyboardEvent} */ event) => {
    if (!desk.root.isConnected) {
      window.removeEventListener('keydown', keyed, true)
      return
    }
    heard(desk, event, deed => {
      if (deed.kind === 'reveal') open(desk, deed.chosen)
      else sent(desk, deed.kind === 'undo' ? undo(desk) : grade(desk, deed.value))
    })
  }
  const back = () => {
    if (!desk.root.isConnected) {
      document.removeEventListener('visibilitychange', back)
      return
    }
    if (document.visibilityState !== 'visible' || !desk.data?.ready) return
    desk.stale = true
    tell(desk, { kind: 'again' })
  }
  window.addEventListener('keydown', keyed, true)
  document.addEventListener('visibilitychange', back)
}

/** @type {View<Review>} */
export default view({
  begin,
  update: (/** @type {Desk} */ desk, data) => {
    const silent = desk.learner && !data.ready
    const resend = take(desk, data)
    if (silent) return
    draw(desk)
    if (!resend) again_later(desk)
    else if (desk.data.ready) tell(desk, { kind: 'sends' })
  },
  every: desk => {
    desk.fresh = Date.now()
  },
})
