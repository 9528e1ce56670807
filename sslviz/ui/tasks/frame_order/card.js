// A few frames in the order in which they are shown: to be sorted, with what is said of them below, and clips that play.
import { bar_rows, chip, line_note, swappable } from '../../live/pieces.js'
import { ARROWS, find, find_all, focus_on, focused, heading, make, remarks, set, still } from '../../live/shared.js'
import { after_swap, moved } from '../../live/picture/made.js'
import { change, follow, mark_waiting, view } from '../../live/view.js'
import { halt, name_button, play, players, show } from './players.js'

/** @import { BarLine, BarRow, Hand } from '../../live/pieces.js' */
/** @import { Formula } from '../../live/shared.js' */
/** @import { Making, Part, View } from '../../live/view.js' */
/** @import { Player } from './players.js' */

/**
 * What Python sends; mirrors ClipCard in tasks/frame_order/card.py.
 * @typedef {object} ClipCard
 * @property {string} id  changes with sample, seed and settings
 * @property {string} model  '' where there is none
 * @property {string} title
 * @property {string} hint
 * @property {string[]} steps  what was drawn, in words
 * @property {string} head
 * @property {ClipFrame[]} frames  in the order shown
 * @property {number[]} order  which of the frames each is
 * @property {number} heard  number of the last change by the visitor that came
 * @property {ClipRow[]} rows
 * @property {boolean} act  whether frames can be swapped
 * @property {string} submit  what the button says that hands the order in, or ''
 * @property {Player[]} players
 * @property {string} play
 * @property {string} play_hint
 * @property {string} plays  they play by themselves when it changes
 * @property {AnswerBars | null} bars
 * @property {string} note
 * @property {Formula | null} formula
 * @property {boolean} narrow  one column
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/**
 * Mirrors ClipFrame in tasks/frame_order/card.py.
 * @typedef {object} ClipFrame
 * @property {string} image
 * @property {string} name
 * @property {string} title
 */

/**
 * Mirrors ClipRow in tasks/frame_order/card.py.
 * @typedef {object} ClipRow
 * @property {string} head
 * @property {string} [kind]
 * @property {ClipCell[]} cells
 */

/**
 * Mirrors ClipCell in tasks/frame_order/card.py.
 * @typedef {object} ClipCell
 * @property {string} [text]
 * @property {string} [image]
 * @property {string} [kind]
 * @property {string} [title]
 * @property {boolean} [wrong]
 * @property {number} [span]  columns
 */

/**
 * Mirrors AnswerBars in frame/answer_bars.py.
 * @typedef {object} AnswerBars
 * @property {string} title
 * @property {string} hint
 * @property {string} mode
 * @property {BarRow[]} rows
 * @property {BarLine} line
 */

/** @typedef {Part<ClipCard> & Making<number[]> & { hand: Hand, told: ClipCard } & import('./players.js').Playing} Card */

// ---- the frames, and what is said of each -----------------------------------------------------------------------

/**
 * @param {Card} card
 * @param {ClipFrame} one
 * @param {number} i
 */
function frame(card, one, i) {
  const { act } = card.data
  const node = act ? make('button', 'frame', '', { type: 'button' }) : make('div', 'frame')
  node.append(make('img', 'film', '', { src: one.image, alt: act ? '' : one.title, draggable: false }))
  if (one.name) node.append(make('span', 'mark', one.name))
  if (!act) return node
  set(node, { 'data-frame': i, 'aria-label': `place ${i + 1}: ${one.title}` })
  swappable(node, i, card.hand)
  node.onkeydown = event => {
    const by = ARROWS[event.key]
    if (!by) return
    event.preventDefault()
    find(card.root, `[data-frame="${i + by}"]`)?.focus()
  }
  return node
}

/**
 * Two frames change places, at once; Python then says what it means, or is told once the order is handed in.
 * @param {Card} card
 * @param {number} a
 * @param {number} b
 */
function swap(card, a, b) {
  const made = after_swap(card.made, a, b)
  if (card.told.submit) Object.assign(card, { made, unheard: Infinity })
  else change(card, made)
  card.data = laid(card)
  redraw(card)
}

/**
 * What Python sent, with the frames in the visitor's order.
 * @param {Card} card
 * @returns {ClipCard}
 */
function laid({ told, made }) {
  if (!told.frames.length) return told // the film alone
  const frames = moved(told.frames, told.order, made)
  const images = frames.map(one => one.image)
  return { ...told, frames, players: told.players.map(one => (one.follows ? { ...one, frames: images } : one)) }
}

/** @param {Card} card */
function mark(card) {
  find_all(card.root, 'button.frame').forEach((node, i) => set(node, { 'aria-pressed': card.hand.held === i }))
}

/** @param {Card} card */
function lattice(card) {
  const { data: d } = card
  const node = make('div', 'lattice')
  node.style.setProperty('--n', `${d.frames.length}`)
  if (d.head) node.append(make('span', 'head', d.head))
  node.append(...d.frames.map((one, i) => frame(card, one, i)))
  for (const row of d.rows) node.append(make('span', `head ${row.kind || ''}`, row.head), ...row.cells.map(cell))
  return node
}

/** @param {ClipCell} one */
function cell(one) {
  const node = make('div', 'cell')
  if (one.span) node.style.gridColumn = `span ${one.span}`
  if (one.image) node.append(make('img', 'seen', '', { src: one.image, alt: one.title || '' }))
  if (one.text) node.append(chip(one))
  return node
}

/**
 * What the model finds likely.
 * @param {AnswerBars} panel
 */
function bars(panel) {
  const node = make('section', 'bars')
  const title = heading(panel.title, panel.hint, panel.mode)
  node.append(title, bar_rows(panel.rows, panel.line), line_note(panel.line))
  return node
}

// ---- all together -----------------------------------------------------------------------------------------------

/** @param {Card} card */
function draw(card) {
  const { data: d, root } = card
  const [left, right] = [make('div'), make('div', 'side')]
  if (d.model) left.append(heading(d.title, d.hint, d.model))
  if (d.frames.length) left.append(lattice(card))
  if (d.submit) {
    const onclick = () => card.send({ kind: 'done', order: card.made })
    left.append(make('button', 'plain done', d.submit, { type: 'button', onclick }))
  }
  left.append(...remarks(d))
  if (d.players.length) right.append(players(card))
  if (d.bars) right.append(bars(d.bars))
  const grid = make('div', `card${d.narrow ? ' narrow' : ''} ${d.size}`)
  grid.append(left, right)
  root.replaceChildren(grid)
  mark(card)
  if (!d.submit) mark_waiting(card)
  show(card)
  name_button(card)
}

/**
 * Draw all anew; the frame that had the focus has it again.
 * @param {Card} card
 */
function redraw(card) {
  const at = focused(card.root)?.dataset.frame
  draw(card)
  if (at !== undefined) focus_on(card.root, `[data-frame="${at}"]`)
}

/** @type {View<ClipCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    card.at = 0
    card.hand = { held: undefined, swap: (a, b) => swap(card, a, b), mark: () => mark(card) }
  },
  update: (card, data) => {
    const old = card.data
    const another = old?.id !== data.id
    if (another) card.hand.held = undefined
    follow(card, data, data.order)
    card.told = data
    card.data = laid(card)
    redraw(card)
    if (data.plays && data.plays !== old?.plays && !still()) play(card)
    else if (card.timer && another) halt(card)
  },
})
