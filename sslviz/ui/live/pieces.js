// Pieces of pictures: what is said of one, pieces that change places, and rows with bars.
import { make, set } from './shared.js'

/**
 * What is said of a picture, in the form of label or answer.
 * @param {{ text?: string, kind?: string, title?: string, wrong?: boolean }} cell
 */
export function chip(cell) {
  const node = make('div', `chip ${cell.kind || 'none'}`, '', { translate: false })
  node.append(make('span', cell.wrong ? 'wrong' : '', cell.text))
  if (cell.title) node.title = cell.title
  return node
}

/**
 * The piece that was taken, among those that may change places, and what follows.
 * @typedef {object} Hand
 * @property {number | undefined} held  its place
 * @property {(a: number, b: number) => void} swap  two pieces change places
 * @property {() => void} mark  another piece is held, or none
 */

/**
 * Let a piece be put in another's place: by two presses, or by dragging it there.
 * @param {HTMLElement} node
 * @param {number} i  its place
 * @param {Hand} hand
 */
export function swappable(node, i, hand) {
  set(node, { 'aria-pressed': hand.held === i })
  node.draggable = true
  node.onclick = () => take(hand, i)
  node.ondragstart = event => {
    hand.held = i
    if (!event.dataTransfer) return
    event.dataTransfer.setData('text/plain', `${i}`)
    event.dataTransfer.effectAllowed = 'move'
  }
  node.ondragover = event => {
    if (hand.held !== undefined) event.preventDefault()
  }
  node.ondrop = event => {
    event.preventDefault()
    take(hand, i)
  }
  node.ondragend = () => {
    hand.held = undefined
    hand.mark()
  }
}

/**
 * The first press takes a piece, the second puts it in the other's place.
 * @param {Hand} hand
 * @param {number} i
 */
export function take(hand, i) {
  const other = hand.held
  hand.held = other === undefined ? i : undefined
  if (other !== undefined && other !== i) hand.swap(other, i)
  hand.mark()
}

// ---- rows with bars ---------------------------------------------------------------------------------------------

/**
 * A row of bars; mirrors BarRow in live/shared.py.
 * @typedef {object} BarRow
 * @property {string} name
 * @property {number} value
 * @property {string} text
 * @property {string} kind
 */

/**
 * A line across bars, for what is to be beaten; mirrors BarLine in live/shared.py.
 * @typedef {object} BarLine
 * @property {number} value
 * @property {string} name
 */

/**
 * The class of a text about label or answer.
 * @param {string | undefined} kind
 */
export function text_kind(kind) {
  if (kind === 'target') return 'label'
  return kind === 'answer' ? 'guess' : ''
}

/**
 * A share of the width, kept between nothing and all.
 * @param {number} share
 */
export const width = share => `${100 * Math.max(0, Math.min(1, share))}%`

/**
 * A row a bar, across them a line.
 * @param {BarRow[]} rows
 * @param {BarLine | null | undefined} line
 */
export function bar_rows(rows, line) {
  const node = make('div', 'rows')
  for (const row of rows) {
    const whole = make('div', 'row')
    const track = make('div', 'track')
    const bar = make('i', row.kind || '')
    bar.style.width = width(row.value ?? 0)
    track.append(bar)
    if (line) {
      const chance = make('i', 'chance', '', { title: line.name })
      chance.style.left = `${100 * line.value}%`
      track.append(chance)
    }
    whole.append(make('span', `who ${text_kind(row.kind)}`, row.name), track, make('b', '', row.text))
    node.append(whole)
  }
  return node
}

/** @param {BarLine} line */
export const line_note = line => make('p', 'note', `┊ ${line.name}`)

/**
 * What is seen when it is wanted; it stays open when the card is drawn anew.
 * @param {Set<string>} unfolded  what is open, by its words
 * @param {string} words
 * @param {HTMLElement[]} inside
 */
export function folded(unfolded, words, inside) {
  const node = make('details', 'fold', '', { open: unfolded.has(words) })
  node.ontoggle = () => (node.open ? unfolded.add(words) : unfolded.delete(words))
  node.append(make('summary', '', words), ...inside)
  return node
}

/**
 * A picture that says nothing which is not said beside it.
 * @param {string} source
 * @param {string} [className]
 */
export const image = (source, className = 'thumb') =>
  make('img', className, '', { src: source, alt: '', draggable: false })
