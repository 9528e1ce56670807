// The keys of a lesson. A key presses the button that says the same, so that there is one way in which things happen.
import { find, make } from '../../live/shared.js'

/** @type {Record<string, string[]>} which button a key presses, by the end of its class; the first that is there */
export const PRESSES = {
  ArrowRight: ['scene_next', 'scene_end'],
  PageDown: ['scene_next', 'scene_end'],
  ArrowLeft: ['scene_back'],
  PageUp: ['scene_back'],
  r: ['scene_reveal'],
  n: ['scene_again', 'scene_another'],
  l: ['to_lab'],
  p: ['to_present'],
  Escape: ['scene_leave'],
}
const BLANK = 'sslviz-blank'
const TYPED =
  'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=slider], [role=menu]'
let listening = false
let pointed = false // whether the last thing chosen was chosen by mouse or finger

/**
 * Whether the key belongs to what has the focus: a field, a slider, a group of choices.
 * @param {KeyboardEvent} event
 */
export function taken(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true
  const [node] = event.composedPath()
  if (!(node instanceof Element)) return false
  if (node.matches(TYPED)) return true
  return /^Arrow/.test(event.key) && Boolean(node.closest('[role=radiogroup], [role=tablist]'))
}

/** Show nothing at all, until a key is pressed; where a class is in a room, its phones look to the front, too. */
function blank() {
  const node = make('div', BLANK, '', { id: BLANK, onclick: () => uncover(node) })
  const stage = find(document, '[data-testid=stApp]')
  node.style.cssText = `position:fixed;inset:0;z-index:9999999;background:${stage ? getComputedStyle(stage).backgroundColor : '#000'}`
  document.body.append(node)
  find(document, '.st-key-scene_blank button')?.click()
}

/** @param {HTMLElement} node */
function uncover(node) {
  node.remove()
  call_back(10)
}

/**
 * Call the phones back; the button that does it may still be on its way.
 * @param {number} tries
 */
function call_back(tries) {
  const button = find(document, '.st-key-scene_unblank button')
  if (button) button.click()
  else if (tries && find(document, '.st-key-scene_blank')) setTimeout(call_back, 200, tries - 1)
}

/** @param {KeyboardEvent} event */
export function press(event) {
  if (taken(event)) return
  const covered = document.getElementById(BLANK)
  if (covered) {
    uncover(covered)
    if (event.key.toLowerCase() === 'b') return
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (key === 'b' && find(document, '.st-key-present')) {
    if (!covered) blank()
    return
  }
  for (const name of PRESSES[key] ?? []) {
    const button = find(document, `.st-key-${name} button:not(:disabled)`)
    if (!button) continue
    event.preventDefault()
    button.click()
    return
  }
}

/**
 * Who has clicked a word or a piece goes on with the lesson by the arrow keys, as the foot of the page says; there they
 * would go from word to word only for those who came to it by keyboard.
 * @param {KeyboardEvent} event
 */
function press_first(event) {
  if (event.key === 'Tab') pointed = false
  const [node] = event.composedPath()
  if (!pointed || !/^Arrow(Left|Right)$/.test(event.key)) return
  if (!(node instanceof HTMLButtonElement) || !find(document, '.st-key-lesson, .st-key-present')) return
  press(event)
  if (event.defaultPrevented) event.stopPropagation()
}

/** Listen once a page of the browser. */
export function listen() {
  if (listening) return
  listening = true
  document.addEventListener('pointerdown', () => (pointed = true), true)
  document.addEventListener('keydown', press_first, true)
  document.addEventListener('keydown', press)
}
