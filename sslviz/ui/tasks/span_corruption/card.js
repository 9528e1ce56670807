// A sentence with spans cut out of it, and two texts that tell what was in them: the label, and what the model writes.
import { class_colours } from '../../live/shapes.js'
import { formula_lines, heading, make, set } from '../../live/shared.js'
import { change, follow, mark_waiting, view } from '../../live/view.js'
import { bands, hold_focus, lattice, neighbour, raw_word, walk } from '../../live/words.js'

/** @import { Formula, Mode } from '../../live/shared.js' */
/** @import { Making, Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors SpanCard in tasks/span_corruption/card.py. Lists have one entry a word.
 * @typedef {object} SpanCard
 * @property {string} id  changes with sample or seed, and drops the visitor's edit
 * @property {string[]} words
 * @property {boolean[]} known
 * @property {boolean[]} hide
 * @property {number} heard  number of the last change by the visitor that came
 * @property {string} letters  of the sentinels
 * @property {[string, number, string][]} target  the label: text, number of its span or -1, sign, right or wrong
 * @property {[string, number, string][]} answer  the same of what the model writes
 * @property {string} count  a sentence
 * @property {Formula | null} formula
 * @property {Mode} model
 * @property {number} rows  how far down the card goes; 5: all of it
 * @property {number} skip  how many rows are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/** @typedef {Part<SpanCard> & Making<boolean[]>} Card */

/** @type {[string, string][]} */
const HEADS = [
  ['', 'Raw sentence'],
  ['', 'What the model reads'],
]
/** @type {Record<string, { font: number, beside: number, more: number }>} px: letters, the heads, what is around a word */
const STAGES = {
  '': { font: 16, beside: 123, more: 31 },
  large: { font: 24, beside: 178, more: 38 },
  present: { font: 36, beside: 0, more: 44 },
}

/**
 * The number of the span in which each word is; -1: it is not hidden. Hidden words that touch are one span.
 * @param {boolean[]} hide
 */
export function spans(hide) {
  let last = -1
  return hide.map((hidden, i) => (hidden ? (hide[i - 1] ? last : ++last) : -1))
}

/**
 * Give a chip the colour of its span.
 * @param {Card} card
 * @param {HTMLElement} node
 * @param {number} span
 */
function coloured(card, node, span) {
  if (span < 0) return node
  const colours = class_colours(card.root)
  node.style.setProperty('--span', colours[span % colours.length] ?? '')
  node.classList.add('of-span')
  return node
}

/**
 * @param {Card} card
 * @param {number} i
 */
function turn(card, i) {
  change(
    card,
    card.made.map((one, at) => (at === i ? !one : one)),
  )
  draw(card) // what is cut out, is seen in this very frame; the label is Python's
}

/**
 * @param {Card} card
 * @param {number} i
 * @param {number[]} of  the span of each word
 */
function column(card, i, of) {
  const { data } = card
  const [word, span] = [String(data.words[i]), of[i] ?? -1]
  const known = Boolean(data.known[i])
  const node = make('div', 'word')
  set(node, { 'data-word': i, role: 'group', 'aria-label': `word ${i + 1}, ${word}`, translate: 'no' })
  const raw = coloured(card, raw_word(known ? 'button' : 'div', span < 0 ? '' : ' cut', word, known), span)
  if (known) {
    raw.onclick = () => turn(card, i)
    set(raw, { 'aria-pressed': span >= 0, 'aria-label': `${word}: hide it` })
  }
  const starts = span >= 0 && of[i - 1] !== span
  const reads = make('div', `chip reads${span < 0 ? '' : starts ? ' sign' : ' gone'}`)
  reads.append(make('span', '', span < 0 ? (known ? word.toLowerCase() : '[UNK]') : starts ? sign(data, span) : ''))
  node.append(...[raw, coloured(card, reads, span)].slice(data.skip ?? 0, data.rows))
  return node
}

/**
 * @param {SpanCard} data
 * @param {number} span
 */
const sign = (data, span) => `⟨${data.letters[span]}⟩`

/**
 * A text in a line of its own, token by token.
 * @param {Card} card
 * @param {'target' | 'answer'} kind
 * @param {string} title
 */
function told(card, kind, title) {
  const node = make('div', 'text')
  const line = set(make('p', 'line'), { translate: 'no' })
  for (const [word, span, what] of card.data[kind]) {
    const chip = make('span', `chip ${what === 'sign' ? 'sign' : kind}`)
    if (kind === 'answer' && what !== 'sign') chip.append(make('b', '', what === 'right' ? '✓' : '✕'))
    chip.append(make('span', kind === 'answer' && what === 'wrong' ? 'wrong' : '', word))
    line.append(coloured(card, chip, span), ' ')
  }
  node.append(heading(title, '', kind === 'answer' ? card.data.model : ''), line)
  return node
}

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const give_back = hold_focus(root)
  const of = spans(card.made)
  const { font, beside, more } = STAGES[data.size] ?? { font: 16, beside: 123, more: 31 }
  const split = bands(root, data.words.length, beside, `${font}px "Source Sans", sans-serif`, (i, wide) => {
    const width = wide(String(data.words[i])) + more
    return data.size ? width : Math.min(136, Math.max(62, width))
  })
  const heads = HEADS.slice(data.skip ?? 0, data.rows)
  const all = make('div', split.length > 1 ? 'bands many' : 'bands')
  const columns = (/** @type {number[]} */ band) => band.map(i => column(card, i, of))
  if (heads.length) all.append(...split.map(band => lattice(heads, columns(band))))
  const node = make('div', `card ${data.size || ''}`)
  node.append(all)
  if (data.rows >= 3) node.append(told(card, 'target', 'Pseudo-label'))
  if (data.rows >= 4) node.append(told(card, 'answer', 'Model’s own text'))
  if (data.count) node.append(make('p', 'note', data.count, { role: 'status' }))
  const unknown = data.words.filter((_, i) => !data.known[i])
  if (unknown.length && !data.size) {
    node.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK]: ${unknown.join(', ')}.`))
  }
  if (data.formula) node.append(...formula_lines(data.formula))
  root.replaceChildren(node)
  mark_waiting(card)
  give_back()
}

/** @type {View<SpanCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    walk(card.root, (from, by) => neighbour(card.root, from, by)?.focus())
  },
  update: (card, data) => {
    follow(card, data, data.hide)
    card.data = data
    draw(card)
  },
  resize: draw,
})
