// What has not been written down yet: each grade is kept in the browser under a key of its own, so that two tabs never
// write the same one, until Python has said that it is written down.
const PREFIX = 'sslviz-send:'
const DAY = 86_400_000 // ms

/**
 * A grade or its undoing, on the way to Python.
 * @typedef {object} Send
 * @property {string} id
 * @property {string} who  mark of the learner
 * @property {number} n  order in this page
 * @property {number} at  ms since 1970
 * @property {'grade' | 'undo'} kind
 * @property {string} key  of the grade
 * @property {string} card
 * @property {string} count  'new', 'learning' or 'due'
 * @property {boolean} [first]  whether the card had not been graded that day
 * @property {number} [grade]  1 to 4
 * @property {number} [took]  ms
 */

/** @type {Map<string, Send>} */
const memory = new Map() // where the browser keeps nothing

/** A name that nothing else has. */
export function new_key() {
  if (crypto.randomUUID) return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** @param {Send} send */
export function put(send) {
  memory.set(send.id, send)
  try {
    localStorage.setItem(PREFIX + send.id, JSON.stringify(send))
  } catch {
    // memory has it
  }
}

/** @param {string} id */
export function drop(id) {
  memory.delete(id)
  try {
    localStorage.removeItem(PREFIX + id)
  } catch {
    // it was never there
  }
}

/** Drop what a forgotten learner had not sent yet. */
export function forget_unsent() {
  try {
    for (const name of kept()) localStorage.removeItem(name)
  } catch {
    // there is nothing
  }
}

const kept = () => Object.keys(localStorage).filter(name => name.startsWith(PREFIX))

/** @param {string} name */
function read(name) {
  try {
    const send = JSON.parse(localStorage.getItem(name) ?? '')
    return send && typeof send.id === 'string' ? /** @type {Send} */ (send) : null
  } catch {
    localStorage.removeItem(name)
    return null
  }
}

/**
 * All that this learner has not sent, the oldest first. What one who was forgotten left behind goes after a day.
 * @param {string} who  '' as long as nobody has said whose they are
 */
export function unsent(who) {
  const found = new Map(memory)
  try {
    for (const send of kept().map(read)) if (send) found.set(send.id, send)
  } catch {
    // memory alone
  }
  if (!who) return []
  for (const send of found.values()) if (send.who !== who && !(Date.now() - send.at < DAY)) drop(send.id)
  return [...found.values()].filter(send => send.who === who).sort((a, b) => a.at - b.at || a.n - b.n)
}
