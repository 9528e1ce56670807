// Keys of the review: they work wherever the focus is, but where a key means something else.
import { LETTERS } from './paint.js'

/** @import { Hand } from './queue.js' */

const OTHERS =
  'input, textarea, select, button, a, summary, [contenteditable], [role=button], [role=radio], [role=tab], ' +
  '[role=option], [role=menuitem], [role=slider], [role=dialog]'
const IN_FRONT = '[role=dialog], [data-testid=stPopoverBody]'
const SPACE = [' ', 'spacebar']
const GOOD = 3

/**
 * What a key does: nothing, or one of these; a number grades, a letter chooses.
 * @typedef {{ kind: 'reveal', chosen: number | null } | { kind: 'grade', value: number } | { kind: 'undo' } | null} Deed
 */

/**
 * What a key means for the cards in hand.
 * @param {Pick<Hand, 'current' | 'revealed' | 'history'>} hand
 * @param {string} key  in lower case
 * @returns {Deed}
 */
export function meaning({ current, revealed, history }, key) {
  if (SPACE.includes(key)) {
    if (!current) return null
    return revealed ? { kind: 'grade', value: GOOD } : { kind: 'reveal', chosen: null }
  }
  if (revealed && /^[1-4]$/.test(key)) return { kind: 'grade', value: Number(key) }
  if ((key === 'u' || key === 'z') && history.length) return { kind: 'undo' }
  const letter = key.length === 1 ? LETTERS.toLowerCase().indexOf(key) : -1
  if (!revealed && current && letter >= 0 && letter < current.options.length) return { kind: 'reveal', chosen: letter }
  return null
}

/**
 * What a key stands for, in lower case. Where a keyboard writes no digit without a shift, as French and Czech ones, or
 * one of another script, as Arabic and Persian ones, the place of the key counts; for letters of other scripts, too.
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>} event
 */
export function key_of({ key, code, shiftKey }) {
  const said = key.toLowerCase()
  if (key.length !== 1 || shiftKey || /[a-z0-9 ]/.test(said)) return said
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1]
  const letter = /[^\p{Script=Latin}\p{Script=Common}]/u.test(key) ? /^Key([A-Z])$/.exec(code)?.[1] : undefined
  return digit ?? letter?.toLowerCase() ?? said
}

/**
 * Whether a key is pressed in something else on the page, in which it means something.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} root  of the review
 */
function elsewhere(event, root) {
  const target = event.composedPath()[0]
  if (event.composedPath().includes(root)) return false
  return target instanceof Element && target.closest(OTHERS) !== null
}

/**
 * Hear a key.
 * @param {Hand & { root: HTMLElement, listening: boolean }} part
 * @param {KeyboardEvent} event
 * @param {(deed: NonNullable<Deed>) => void} act
 */
export function heard(part, event, act) {
  const target = event.composedPath()[0]
  const mine = event.composedPath().includes(part.root)
  const button = mine && target instanceof Element && target.closest('button, a')
  if (button && event.repeat && (event.key === 'Enter' || event.key === ' ')) {
    consume(event) // one press, however long, is one press
    return
  }
  if (!part.listening || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (elsewhere(event, part.root) || document.querySelector(IN_FRONT)) return
  const key = key_of(event)
  const space = SPACE.includes(key)
  if (button && space) return // the button that has the focus does what it says
  const deed = meaning(part, key)
  if (!deed && !(space && event.repeat)) return
  consume(event)
  if (deed && (!event.repeat || (deed.kind === 'reveal' && deed.chosen !== null))) act(deed)
}

/** @param {KeyboardEvent} event */
function consume(event) {
  event.preventDefault()
  event.stopImmediatePropagation()
}
