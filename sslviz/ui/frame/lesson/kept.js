// What the browser keeps of the lessons: which scenes are done, and at which one a lesson stands. It goes to the server over
// the page's own socket only.
const KEPT = 'sslviz-lessons'
const STANDS = 'sslviz-scene'

/** @returns {Record<string, number[]>} numbers of the scenes that are done, by lesson */
export function all_kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? '{}')
    return found && typeof found === 'object' ? found : {}
  } catch {
    return {}
  }
}

/**
 * @param {string} slug
 * @returns {number[]}
 */
export function kept(slug) {
  const found = all_kept()[slug]
  return Array.isArray(found) ? found.filter(i => Number.isInteger(i) && i >= 0) : []
}

/**
 * @param {string} slug
 * @param {number[]} done
 */
export function keep(slug, done) {
  const all = all_kept()
  const whole = [...new Set([...kept(slug), ...done])].sort((a, b) => a - b)
  if (`${whole}` === `${kept(slug)}`) return
  write(KEPT, JSON.stringify({ ...all, [slug]: whole }))
}

/** Nothing was ever done. */
export function forget() {
  try {
    localStorage.removeItem(KEPT)
  } catch {
    // there is nothing to remove
  }
}

/**
 * The scene at which a lesson stands, for the window with the teacher's notes.
 * @param {string} slug
 * @param {number} now
 */
export function tell_notes(slug, now) {
  write(STANDS, `${slug}:${now}`)
}

/**
 * Call with the number of the scene whenever the lesson goes on in another window.
 * @param {string} slug
 * @param {(now: number) => void} follow
 * @returns {() => void} ends it
 */
export function follow_lesson(slug, follow) {
  const heard = (/** @type {StorageEvent} */ event) => {
    const [of, now] = (event.key === STANDS ? (event.newValue ?? '') : '').split(':')
    if (of === slug) follow(Number(now))
  }
  window.addEventListener('storage', heard)
  return () => window.removeEventListener('storage', heard)
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  try {
    localStorage.setItem(name, text)
  } catch {
    // where the browser keeps nothing, this visit remembers
  }
}
