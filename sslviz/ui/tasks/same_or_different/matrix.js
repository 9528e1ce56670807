// All views against all: which are labelled the same, and how alike the model finds them.
import { find_all, make, percent, set } from '../../live/shared.js'
import { partner } from './frame.js'
import { thumb } from './thumb.js'

/** @import { Card } from './card.js' */
/** @import { PairsFrame } from './frame.js' */

/** @typedef {[number, number]} Cell  row and column */
/** @typedef {{ read: (cell: Cell | null) => void, choose: (row: number) => void }} Reading */

/** @type {Record<string, Cell>} */
const DIRECTIONS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

/**
 * A view in words.
 * @param {PairsFrame} d
 * @param {number} i
 */
export const called = (d, i) => `${i < d.n ? 'first' : 'second'} view of ${d.names[i % d.n]}`

/**
 * The view that is most alike to another one.
 * @param {number[][]} similar
 * @param {number} i
 */
export function best(similar, i) {
  const row = similar[i] ?? []
  return row.reduce((top, value, j) => (j !== i && (top < 0 || value > Number(row[top])) ? j : top), -1)
}

/**
 * Whether a person would call two views the same.
 * @param {PairsFrame} d
 * @param {number} i
 * @param {number} j
 */
function confusable(d, i, j) {
  const [p, q] = [i % d.n, j % d.n]
  return d.confusable.some(([a, b]) => (p === a && q === b) || (p === b && q === a))
}

/**
 * @param {Card} card
 * @param {'pairs' | 'similar'} kind
 * @param {string} label
 * @param {Reading} reading
 */
export function matrix(card, kind, label, { read, choose }) {
  const { data: d } = card
  const node = make('div', `matrix ${kind}`, '', { tabIndex: 0 })
  node.style.setProperty('--count', `${2 * d.n}`)
  set(node, { role: 'img', 'aria-label': `${label} Arrow keys read the cells, Enter chooses a row.` })
  node.append(make('i'), ...d.views.map(image => thumb(image, 'edge')))
  d.views.forEach((image, i) => node.append(thumb(image, 'edge'), ...d.views.map((_, j) => cell(d, kind, i, j))))
  const at = (/** @type {Event} */ event) => {
    const { i, j } = /** @type {HTMLElement} */ (event.target).dataset
    return i === undefined ? null : /** @type {Cell} */ ([Number(i), Number(j)])
  }
  node.onpointermove = event => {
    const spot = at(event)
    if (spot) read(spot)
  }
  node.onpointerleave = node.onblur = () => read(null)
  node.onclick = event => {
    const spot = at(event)
    if (spot) choose(spot[0])
  }
  node.onkeydown = event => {
    const direction = DIRECTIONS[event.key]
    if (direction) read(moved(card, direction))
    else if (event.key === 'Enter' && card.cursor) choose(card.cursor[0])
    else return
    event.preventDefault()
  }
  return node
}

/**
 * The cell in a direction from the one that is read; the matrix has no edge.
 * @param {Card} card
 * @param {Cell} direction
 * @returns {Cell}
 */
function moved({ cursor, data, made }, [down, right]) {
  const [i, j] = cursor ?? [made, partner(data, made)]
  const count = 2 * data.n
  return [(i + down + count) % count, (j + right + count) % count]
}

/**
 * @param {PairsFrame} d
 * @param {'pairs' | 'similar'} kind
 * @param {number} i
 * @param {number} j
 */
function cell(d, kind, i, j) {
  const node = set(make('i', 'cell'), { 'data-i': i, 'data-j': j })
  const same = j === partner(d, i)
  if (i === j) {
    node.classList.add('self')
    return node
  }
  if (same) node.classList.add('same')
  if (kind === 'similar' && d.similar) {
    node.style.setProperty('--share', `${Math.round(58 * Math.max(0, Number(d.similar[i]?.[j])))}%`)
    if (j === best(d.similar, i)) node.textContent = same ? '✓' : '✕'
  } else if (kind === 'pairs' && same) node.textContent = 'S'
  else if (kind === 'pairs' && confusable(d, i, j)) {
    node.classList.add('confusable')
    node.textContent = '⚑'
  }
  return node
}

/**
 * Say in words what a cell holds; without a cell, what the chosen row holds.
 * @param {Card} card
 * @param {Cell | null} spot
 */
export function say_cell(card, spot) {
  const { data: d, root } = card
  card.cursor = spot
  for (const node of find_all(root, '.cursor')) node.classList.remove('cursor')
  if (spot) {
    const cells = find_all(root, `[data-i="${spot[0]}"][data-j="${spot[1]}"]`)
    for (const node of cells) node.classList.add('cursor')
  }
  const [a, b] = spot ?? [card.made, partner(d, card.made)]
  card.pair_words.textContent = label_words(d, a, b)
  if (!d.similar) return
  if (a === b) card.model_words.textContent = 'A view is never compared with itself.'
  else card.model_words.textContent = spot ? cell_words(d, a, b) : row_words(d, d.similar, a)
}

/**
 * @param {PairsFrame} d
 * @param {number} a
 * @param {number} b
 */
function label_words(d, a, b) {
  if (a === b) return `${called(d, a)} with itself: left out.`
  const label = `${called(d, a)} and ${called(d, b)}: ${b === partner(d, a) ? 'same' : 'different'}`
  return confusable(d, a, b) ? `${label}. A person might call them the same; the label says different.` : `${label}.`
}

/**
 * @param {PairsFrame} d
 * @param {number} a
 * @param {number} b
 */
function cell_words(d, a, b) {
  const share = d.share ? `, ${percent(Number(d.share[a]?.[b]))} of the row’s probability` : ''
  return `Cosine ${Number(d.similar?.[a]?.[b]).toFixed(2).replace('-', '−')}${share}.`
}

/**
 * @param {PairsFrame} d
 * @param {number[][]} similar
 * @param {number} a
 */
function row_words(d, similar, a) {
  const found = best(similar, a)
  const right = partner(d, a)
  const loss = d.loss_anchor?.[a]
  const costs = typeof loss === 'number' ? `: loss ${loss.toFixed(2)}` : ''
  const share = d.share ? ` The right one gets ${percent(Number(d.share[a]?.[right]))} of the probability${costs}.` : ''
  const cosine = Number(similar[a]?.[found]).toFixed(2).replace('-', '−')
  const mark = found === right ? '✓' : '✕'
  return `Most alike to the ${called(d, a)}: the ${called(d, found)} ${mark} (cosine ${cosine}).${share}`
}
