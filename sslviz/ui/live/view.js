// How Streamlit calls a view, and who owns what is made in it.
import { left_behind, take_ahead } from './before.js'
import { same_bytes } from './frames.js'
import { find, set } from './shared.js'

// ---- how Streamlit calls a view ---------------------------------------------------------------------------------

/**
 * What a view remembers between messages; each has fields of its own besides.
 * @template Data
 * @typedef {object} Part
 * @property {HTMLElement} root
 * @property {Data} data
 * @property {(event: object) => void} send  tell Python, with the id of the data if that has one
 * @property {(made: object) => void} keep  the same, and it stays with Python, under `made`, until the next one
 */

/**
 * @template Data
 * @typedef {object} Message
 * @property {Data} data
 * @property {HTMLElement} parentElement
 * @property {(name: string, value: object) => void} setTriggerValue
 * @property {(name: string, value: object) => void} [setStateValue]
 */

/**
 * @template Data
 * @typedef {(message: Message<Data>) => () => void} View
 */

/**
 * Make the function that Streamlit calls with every message.
 * @template Data
 * @template {Part<any>} P
 * @param {object} how
 * @param {(part: P) => void} [how.begin]  once, when the node is new
 * @param {(part: P, data: Data) => void} how.update  when the data has changed; `part.data` is still the old one
 * @param {(part: P) => void} [how.every]  with every message, at the end
 * @param {(part: P) => void} [how.resize]  when the width has changed
 * @param {(part: P) => void} [how.end]  when the node is gone
 * @param {(part: P, data: Data) => boolean} [how.changed]  whether the data has changed; by default its JSON is compared
 * @param {(data: Data) => string} [how.id]  the id of what it is sent, where that is no object with an `id`
 * @returns {View<Data>}
 */
export function view({ begin, update, every, resize, end, changed = text_changed, id = own_id }) {
  /** @type {WeakMap<HTMLElement, any>} */
  const parts = new WeakMap()
  return ({ data, parentElement, setTriggerValue, setStateValue }) => {
    const known = parts.get(parentElement)
    const part = known ?? { root: find(parentElement, '.root') }
    const show = (/** @type {Data} */ next) => {
      if (changed(part, next)) update(part, next)
      every?.(part)
    }
    const named = (/** @type {object} */ event) =>
      part.data?.id === undefined ? event : { ...event, id: part.data.id }
    part.send = (/** @type {object} */ event) => setTriggerValue('event', named(event))
    part.keep = (/** @type {object} */ made) => setStateValue?.('made', named(made))
    const take = (/** @type {Data} */ next) => {
      if (part.passed && left_behind(part, id(next), next)) return
      part.last_said = next
      show(next)
    }
    if (!known) {
      parts.set(parentElement, part)
      begin?.(part)
      if (resize) part.observer = on_width(part.root, () => resize(part))
      take_ahead(part, id, show)
      part.root.addEventListener('drawn', (/** @type {any} */ { detail }) => {
        part.overtaken = true
        take(detail)
      })
    }
    // What a look has brought since is newer than a message that Streamlit hands over once more.
    if (!part.overtaken || !same_message(part.message, data)) {
      part.overtaken = false
      part.message = data
      take(data)
    } else every?.(part)
    part.observer?.observe(part.root)
    return () => {
      part.observer?.disconnect()
      end?.(part)
    }
  }
}

/**
 * @param {any} one
 * @param {any} other
 */
function same_message(one, other) {
  if (one === other) return true
  if (one instanceof Uint8Array) return other instanceof Uint8Array && same_bytes(one, other)
  return JSON.stringify(one) === JSON.stringify(other)
}

/** @param {any} data */
const own_id = data => data.id

/**
 * @param {any} part
 * @param {any} data
 */
function text_changed(part, data) {
  const text = JSON.stringify(data)
  if (text === part.text) return false
  part.text = text
  return true
}

/**
 * @param {HTMLElement} node
 * @param {() => void} resized
 */
function on_width(node, resized) {
  let width = 0
  return new ResizeObserver(() => {
    if (node.clientWidth === width) return
    width = node.clientWidth
    resized()
  })
}

// ---- what the visitor makes -------------------------------------------------------------------------------------

/**
 * A part with something that the visitor makes: what is selected, what is changed by hand. The browser owns it, shows
 * it at once, and sends the whole of it each time, so that of several messages the last one is enough.
 * @template Made
 * @typedef {object} Making
 * @property {Made} made  whole
 * @property {number} count  changes so far; Python says with all it sends of which it has `heard`
 * @property {number} unheard  number of the last change that Python has not heard of; 0: it has heard of all
 * @property {{ id: string, heard: number }} data
 * @property {(made: object) => void} keep
 * @property {HTMLElement} root
 */

/**
 * Change what was made, and tell: Python, and who has prepared something for what was there before.
 * @template Made
 * @param {Making<Made>} part
 * @param {Made} made
 */
export function change(part, made) {
  part.made = made
  part.count = (part.count ?? 0) + 1
  part.unheard = part.count
  part.keep({ made, nth: part.count })
  const detail = { root: part.root, count: part.count }
  part.root.dispatchEvent(new CustomEvent('made', { bubbles: true, composed: true, detail }))
}

/**
 * Select what was clicked, where that is all that a visitor can make: it is marked in this frame, and Python then sends
 * what is about it.
 * @template {Making<number>} P
 * @param {P} part
 * @param {number} i
 * @param {(part: P) => void} mark
 */
export function select(part, i, mark) {
  if (i === part.made) return
  change(part, i)
  mark(part)
}

/**
 * Follow what Python says was made, but for a message that left it before the visitor's last change. Says whether it did.
 * @template Made
 * @param {Making<Made>} part
 * @param {{ id: string, heard: number }} data  the new data
 * @param {Made} made  what it says was made
 */
export function follow(part, data, made) {
  const follows = part.data?.id !== data.id || !part.unheard || data.heard >= part.unheard
  part.count = Math.max(part.count ?? 0, data.heard) // where a page is opened again, it counts on
  if (!follows) return false
  part.made = made
  part.unheard = 0
  return true
}

/**
 * Whether all that Python said is about what the visitor has made by now; shown by a paler card otherwise.
 * @template Made
 * @param {Making<Made> & { root: HTMLElement }} part
 */
export function mark_waiting(part) {
  part.root.toggleAttribute('data-waiting', Boolean(part.unheard))
  set(part.root, { 'aria-busy': Boolean(part.unheard) })
}
