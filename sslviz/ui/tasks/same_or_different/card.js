// Two views of each picture. Left: how they were made. Middle: which pairs are labelled "same". Right: what the model finds.
import { same_bytes, unframe } from '../../live/frames.js'
import { find_all, focus_on, focused, heading, make, remarks, set } from '../../live/shared.js'
import { follow, select, view } from '../../live/view.js'
import { lattice } from '../../live/words.js'
import { partner, receive } from './frame.js'
import { best, called, matrix, say_cell } from './matrix.js'
import { thumb } from './thumb.js'

/** @import { Making, Part, View } from '../../live/view.js' */
/** @import { PairsFrame, PairsHeader } from './frame.js' */

/**
 * @typedef {Omit<Part<PairsHeader>, 'data'> & Omit<Making<number>, 'data'> & Nodes & { data: PairsFrame }} Card
 */

/**
 * @typedef {object} Nodes
 * @property {Uint8Array} [bytes]  the frame that is drawn
 * @property {[number, number] | null} cursor  the cell that is read
 * @property {HTMLElement} recipe
 * @property {HTMLElement} pair_words
 * @property {HTMLElement} model_words
 */

/** @type {[string, string][]} */
const HEADS = [
  ['', 'Picture'],
  ['', 'First view'],
  ['', 'Second view'],
  ['label', 'Pseudo-label'],
  ['guess', 'Model’s answer'],
]
const KEY = [
  ['same', 'S', 'same'],
  ['', '', 'different'],
  ['self', '', 'itself, left out'],
  ['confusable', '⚑', 'a person might say same'],
]

// ---- pictures, their views, label and answer --------------------------------------------------------------------

/**
 * @param {Card} card
 * @param {number} p  number of the picture
 */
function column(card, p) {
  const { data: d } = card
  const name = d.names[p]
  const node = set(make('div', 'column'), { role: 'group', 'aria-label': String(name) })
  const original = make('div', 'original', '', { title: name })
  original.append(thumb(d.originals[p]), make('span', 'name', name))
  const views = [p, p + d.n].map(i => {
    const button = make('button', 'view', '', { type: 'button', onclick: () => select(card, i, mark) })
    button.append(thumb(d.views[i]))
    return set(button, { 'data-view': i, 'aria-label': `${called(d, i)}: compare with all others` })
  })
  node.append(original, ...views, make('div', 'chip target', 'same'), answer(d, p))
  return node
}

/**
 * @param {PairsFrame} d
 * @param {number} p
 */
function answer(d, p) {
  if (!d.similar) return make('div', 'chip none', '…')
  const found = best(d.similar, p)
  const right = found === p + d.n
  const node = make('div', 'chip answer', '', { title: `Most alike to the first view: ${called(d, found)}` })
  const said = make('span', right ? '' : 'wrong', right ? 'same' : d.names[found % d.n])
  node.append(make('b', '', right ? '✓' : '✕'), said)
  return node
}

/**
 * What was drawn for the chosen picture, and the picture after each step.
 * @param {Card} card
 */
function recipe(card) {
  const { data: d, made: selected } = card
  const p = selected % d.n
  const node = make('div', 'recipe')
  const fits = d.selected % d.n === p // the stages on hand are those of this picture
  node.append(heading(`How the two views of ${d.names[p]} were made`, 'the numbers were drawn by chance'))
  for (const v of [0, 1]) {
    const row = set(make('ol'), { 'aria-label': `${v ? 'second' : 'first'} view` })
    d.steps[p + v * d.n]?.forEach((step, k) => {
      const item = make('li', step.applied ? '' : 'skipped')
      const words = make('div')
      words.append(make('b', '', step.name), make('span', '', step.text || (step.applied ? '' : 'not this time')))
      if (d.stages) item.append(fits ? thumb(d.stage_pictures[v * d.stages + k], 'stage') : make('i', 'stage'))
      item.append(words)
      row.append(item)
    })
    node.append(row)
  }
  return node
}

// ---- the two matrices -------------------------------------------------------------------------------------------

/** @param {Card} card */
function labels(card) {
  const node = make('div')
  const key = make('p', 'note key')
  for (const [kind, sign, words] of KEY.slice(0, card.data.confusable.length ? 4 : 3)) {
    const entry = make('span')
    entry.append(make('b', `swatch ${kind}`, sign), String(words))
    key.append(entry)
  }
  const said = 'Pseudo-label: same for the two views of one picture, different for all others.'
  const title = heading('Pseudo-label:', 'which are two views of one picture')
  node.append(title, matrix(card, 'pairs', said, reading(card)), key, card.pair_words)
  return node
}

/** @param {Card} card */
function answers(card) {
  const { data: d } = card
  const { similar } = d
  const node = make('div')
  node.append(heading('Model:', 'how alike it finds them now', d.model))
  if (!similar) {
    node.append(make('p', 'note', 'The model’s answer comes in a moment.'))
    return node
  }
  const right = similar.filter((_, i) => best(similar, i) === partner(d, i)).length
  const scale = make('p', 'note key')
  const bar = make('span')
  bar.append('cosine 0', make('i', 'scale'), '1')
  scale.append(bar, make('span', '', '✓ ✕ the most alike of its row'), make('span', '', 'blue outline: same'))
  const said = `The model finds the right partner in ${right} of ${2 * d.n} rows.`
  node.append(matrix(card, 'similar', said, reading(card)), scale, card.model_words)
  return node
}

/** @param {Card} card */
const reading = card => ({
  read: (/** @type {[number, number] | null} */ cell) => say_cell(card, cell),
  choose: (/** @type {number} */ i) => select(card, i, mark),
})

// ---- all together -----------------------------------------------------------------------------------------------

/**
 * Mark what is selected; Python then sends the stages of this picture.
 * @param {Card} card
 */
function mark(card) {
  const { root, made: selected, data: d } = card
  for (const node of find_all(root, '.view')) {
    const i = Number(node.dataset.view)
    set(node, { 'aria-pressed': i === selected }).classList.toggle('partner', i === partner(d, selected))
  }
  for (const node of find_all(root, '.cell')) node.classList.toggle('anchor', Number(node.dataset.i) === selected)
  for (const node of find_all(root, '.matrix')) {
    find_all(node, '.edge').forEach((edge, k) => {
      edge.classList.toggle('chosen', k - 2 * d.n === selected)
      edge.classList.toggle('partner', k === partner(d, selected))
    })
  }
  const fresh = recipe(card)
  card.recipe.replaceWith(fresh)
  card.recipe = fresh
  say_cell(card, null)
}

/**
 * What has the focus, so that it has it again once all is drawn anew.
 * @param {Card} card
 */
function focus_of(card) {
  const active = focused(card.root)
  if (active?.dataset.view !== undefined) return `[data-view="${active.dataset.view}"]`
  return active?.classList.contains('matrix') ? `.${active.classList[1]}` : ''
}

/** @param {Card} card */
function draw(card) {
  const { data: d, root } = card
  const held = focus_of(card)
  const [grid, left] = [make('div', 'card'), make('div')]
  card.recipe = recipe(card)
  card.pair_words = make('p', 'note words', '', { role: 'status' })
  card.model_words = make('p', 'note words', '', { role: 'status' })
  const columns = d.names.map((_, p) => column(card, p))
  left.append(lattice(HEADS, columns), card.recipe, ...remarks(d))
  grid.append(left, labels(card), answers(card))
  root.replaceChildren(grid)
  mark(card)
  if (held) focus_on(root, held)
}

/** @type {View<PairsHeader>} */
export default view({
  changed: (/** @type {Card} */ card, data) => !same_bytes(card.bytes, /** @type {any} */ (data)),
  id: data => unframe(/** @type {any} */ (data)).header.id,
  update: (card, data) => {
    const bytes = /** @type {Uint8Array} */ (/** @type {unknown} */ (data))
    card.bytes = bytes.slice()
    const next = receive(bytes)
    follow(card, next, next.selected)
    card.data = next
    draw(card)
  },
})
