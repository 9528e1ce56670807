// Pictures from left to right, what is done to each from top to bottom, and panels about the one that is chosen.
import { mark_tiles, one_panel } from './picture/panels.js'
import { take_off } from './picture/fly.js'
import { chip, image } from './pieces.js'
import { find_all, focus_on, focused, heading, make, remarks, set } from './shared.js'
import { change, follow, mark_waiting, view } from './view.js'
import { lattice } from './words.js'

/** @import { Panel } from './picture/panels.js' */
/** @import { Hand } from './pieces.js' */
/** @import { Formula, Mode } from './shared.js' */
/** @import { Making, Part, View } from './view.js' */

const LONG = 6 // letters of a word that has room on a chip where six stand side by side on a phone
const WHOLE = 10 // letters of all that has

/**
 * What Python sends; mirrors PictureCardData in frame/picture_view.py.
 * @typedef {object} PictureCardData
 * @property {string} id  changes with sample, seed and settings
 * @property {Mode} model
 * @property {string} [title]
 * @property {string} [hint]
 * @property {[string, string][]} heads  kind and text, one a row
 * @property {PictureColumn[]} columns
 * @property {number} selected  number of the column that the panels are about
 * @property {number[][]} edits  what was made by hand of each picture, see Tiles; empty where nothing was
 * @property {number} heard  number of the last change by the visitor that came
 * @property {Panel[]} panels
 * @property {string} note
 * @property {Formula | null} formula
 * @property {string} [size]  of a stage: "large" or "present"
 * @property {number} [edge]  px of a picture there
 */

/**
 * Mirrors PictureColumn in frame/picture_view.py.
 * @typedef {object} PictureColumn
 * @property {string} name
 * @property {PictureCell[]} cells  one a head
 */

/**
 * Mirrors PictureCell in frame/picture_view.py.
 * @typedef {object} PictureCell
 * @property {string} [image]
 * @property {string} [text]
 * @property {string} [kind]  '', 'target' or 'answer'
 * @property {string} [title]
 * @property {boolean} [wrong]
 */

/**
 * What the visitor makes: the picture chosen, and all that was changed by hand; `at` is the picture changed last.
 * @typedef {{ selected: number, edits: number[][], at: number | null }} Made
 */

/** @typedef {Part<PictureCardData> & Making<Made> & { hands: Record<number, Hand>, unfolded: Set<string> }} Card */

/**
 * @param {Card} card
 * @param {PictureColumn} column
 * @param {number} i
 */
function column(card, { name, cells }, i) {
  const group = set(make('div', 'column'), { role: 'group', 'aria-label': name })
  group.append(...cells.map((cell, row) => (row ? place(cell) : raw(card, name, cell, i))))
  return group
}

/**
 * The picture itself, which can be chosen.
 * @param {Card} card
 * @param {string} name
 * @param {PictureCell} cell
 * @param {number} i
 */
function raw(card, name, cell, i) {
  const node = make('div', 'cell', '', cell.title ? { title: cell.title } : {})
  const choose = () => {
    if (i === card.made.selected) return
    release(card)
    change(card, { ...card.made, selected: i }) // it is marked in this frame, and Python then sends what is about it
    mark(card)
  }
  const button = make('button', 'pick', '', { type: 'button', title: name, onclick: choose })
  set(button, { 'aria-label': `${name}: look closer`, 'data-column': i })
  if (cell.image) button.append(image(cell.image))
  node.append(button, make('span', 'name', cell.text ?? name))
  return node
}

/** @param {PictureCell} cell */
function place(cell) {
  const node = make('div', 'cell', '', cell.title ? { title: cell.title } : {})
  if (cell.image) node.append(image(cell.image))
  if (cell.text) node.append(chip(cell))
  return node
}

/**
 * Let go of every tile.
 * @param {Card} card
 */
function release(card) {
  for (const hand of Object.values(card.hands)) hand.held = undefined
}

/** @param {Card} card */
function mark(card) {
  for (const node of find_all(card.root, '.pick')) {
    set(node, { 'aria-pressed': Number(node.dataset.column) === card.made.selected })
  }
  mark_tiles(card)
  mark_waiting(card)
}

/**
 * What has the focus, so that it has it again once all is drawn anew.
 * @param {Card} card
 */
function focus_of(card) {
  const active = focused(card.root)
  if (active?.dataset.column !== undefined) return `[data-column="${active.dataset.column}"]`
  const panel = /** @type {HTMLElement | null | undefined} */ (active?.closest('.panel'))
  if (!panel || active?.dataset.tile === undefined) return ''
  return `[data-panel="${panel.dataset.panel}"] [data-tile="${active.dataset.tile}"]`
}

/**
 * Whether a chip says more than a sixth of a phone's width has room for: there each picture then has a row.
 * @param {PictureColumn[]} columns
 */
const wordy = columns => columns.some(({ cells }) => cells.some(cell => cell.kind && long(cell.text ?? '')))

/** @param {string} text */
const long = text => text.length > WHOLE || text.split(/[\s-]/).some(word => word.length > LONG)

/** @param {Card} card */
function draw(card) {
  const { data: d, root } = card
  const held = focus_of(card)
  const [grid, left, right] = [
    make('div', `card ${d.size ? `stage ${d.size}` : ''}`),
    make('div'),
    make('div', 'panels'),
  ]
  const land = d.size ? take_off(root) : () => {}
  if (d.model) left.append(heading(d.title ?? '', d.hint, d.model))
  const rows = lattice(
    d.heads,
    d.columns.flatMap((one, i) => (one.cells.length ? [column(card, one, i)] : [])),
  )
  if (d.edge) grid.style.setProperty('--edge', `${d.edge}px`)
  rows.classList.toggle('one', d.heads.length === 1)
  rows.classList.toggle('wordy', !d.size && wordy(d.columns))
  rows.style.setProperty('--rows', `${d.heads.length}`)
  left.append(rows, ...remarks(d))
  right.append(...d.panels.map((panel, k) => one_panel(card, panel, k)))
  grid.append(...(d.heads.length ? [left] : []), ...(d.panels.length ? [right] : []))
  root.replaceChildren(grid)
  mark(card)
  land()
  if (held) focus_on(root, held)
}

/** @type {View<PictureCardData>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    card.hands = {}
    card.unfolded = new Set()
  },
  update: (card, data) => {
    const { id, selected } = card.data ?? {}
    follow(card, data, { selected: data.selected, edits: data.edits, at: null })
    if (data.id !== id || data.selected !== selected) release(card)
    card.data = data
    draw(card)
  },
})
