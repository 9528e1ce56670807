// What a view shows before Python says it: the next label, in the frame of the press. Python follows and says the same.
import { set } from './shared.js'

const PATIENCE = 300 // ms between Python's last word about a press and the data that belongs to it

/**
 * A part that may show something before Python says it.
 * @typedef {object} Before
 * @property {HTMLElement} root
 * @property {any} data
 * @property {Set<string>} [passed]  ids of what was left behind by presses that Python has not followed yet
 * @property {string} [awaited]  the id of what is shown
 * @property {any} [last_said]  the last data that Python sent and that was drawn
 * @property {any} [held]  the last data of what was left behind
 * @property {number} [unheard]
 */

/**
 * Let a part take what it is to show as an event `ahead`: { data, asks }, without data where nothing is there in advance.
 * `asks` is what of it the model must be asked anew; with `back` it shows what Python said last. `settled` says that Python has followed.
 * @param {Before} part
 * @param {(data: any) => string} id_of
 * @param {(data: any) => void} show
 */
export function take_ahead(part, id_of, show) {
  part.root.addEventListener('ahead', event => {
    const { data, asks, back } = /** @type {CustomEvent} */ (event).detail
    if (back) {
      arrived(part)
      show(part.last_said)
      return
    }
    part.passed = (part.passed ?? new Set()).add(part.data?.id)
    part.awaited = data ? id_of(data) : undefined
    part.passed.delete(String(part.awaited))
    if (data && 'heard' in data) data.heard = part.data?.heard ?? data.heard
    if (data) show(data)
    part.root.toggleAttribute('data-late', !data)
    if (data && asks) set(part.root, { 'data-asking': asks })
    set(part.root, { 'aria-busy': true })
  })
  part.root.addEventListener('settled', () => {
    const { passed } = part
    setTimeout(() => {
      if (!passed || part.passed !== passed) return
      arrived(part)
      if (part.held !== undefined) show(part.held) // Python went elsewhere: it has the last word
    }, PATIENCE)
  })
}

/**
 * Whether data is about something that the visitor has left behind; it is kept, not drawn.
 * @param {Before} part
 * @param {string} id  of the data
 * @param {any} data
 */
export function left_behind(part, id, data) {
  if (!part.passed) return false
  if (id !== part.awaited && part.passed.has(id)) {
    part.held = data
    return true
  }
  arrived(part)
  return false
}

/** @param {Before} part */
function arrived(part) {
  part.passed = undefined
  for (const name of ['data-late', 'data-asking']) part.root.removeAttribute(name)
  set(part.root, { 'aria-busy': Boolean(part.unheard) })
}
