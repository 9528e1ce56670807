// Who is learning: a token that this browser keeps. It goes to Python over the page's own socket and nowhere else.
import { make } from '../live/shared.js'
import { view } from '../live/view.js'
import { forget_unsent } from './review/unsent.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors LearnerQuestion in flashcards/learner.py.
 * @typedef {object} LearnerQuestion
 * @property {string} session  changes with the session
 * @property {boolean} known  whether Python has the token
 * @property {string | null} offer  a new token for a browser that has none
 * @property {boolean} replace  whether the offer takes the place of what the browser has
 */

/** @typedef {Part<LearnerQuestion> & { noted?: boolean }} Learner */

const KEPT = 'sslviz-learner'
/** @type {string | null} */
let held = null // where the browser keeps nothing, this visit remembers

function read() {
  try {
    return localStorage.getItem(KEPT) ?? held
  } catch {
    return held
  }
}

/**
 * Keep a token, and say whether the browser really did.
 * @param {string} token
 */
function keep(token) {
  held = token
  try {
    localStorage.setItem(KEPT, token)
    return localStorage.getItem(KEPT) === token
  } catch {
    return false
  }
}

/** @param {Learner} part */
function note(part) {
  const told =
    'Your browser lets this page keep nothing, so progress lasts only for this visit. ' +
    'Under Progress you can save it as a file. '
  const line = make('p', 'note', told, { role: 'status' })
  line.append(make('button', 'plain', 'I see', { type: 'button', onclick: () => line.remove() }))
  part.root.replaceChildren(line)
}

/**
 * @param {Learner} part
 * @param {string | null} token
 */
function tell(part, token) {
  let zone = ''
  try {
    zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? ''
  } catch {
    // then days are those of UTC
  }
  part.send({ token, zone })
}

/**
 * Another tab has forgotten the learner, and this browser began anew: with the old token the learner would come back.
 * @param {Learner} part
 */
function heed(part) {
  const heard = (/** @type {StorageEvent} */ event) => {
    if (!part.root.isConnected) {
      window.removeEventListener('storage', heard)
      return
    }
    if (event.key !== KEPT || !event.newValue || event.newValue === held) return
    held = event.newValue
    tell(part, held)
  }
  window.addEventListener('storage', heard)
}

/**
 * @param {Learner} part
 * @param {LearnerQuestion} data
 */
function answer(part, data) {
  if (data.known) {
    const now = read() // it may have been replaced while this tab showed another page
    if (held === null || now === held) return
    held = now
    tell(part, now)
    return
  }
  let token = data.replace ? null : read() // another tab may have been first
  let lasts = true
  if (token === null && data.offer) {
    if (data.replace) forget_unsent()
    lasts = keep(data.offer)
    token = data.offer
  } else if (token !== null) lasts = keep(token)
  if (token !== null && !lasts && !part.noted) {
    part.noted = true
    note(part)
  }
  tell(part, token)
}

/** @type {View<LearnerQuestion>} */
export default view({ begin: heed, update: answer })
