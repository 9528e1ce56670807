// A pair of sentences: where both are from, the coin, the whole input with its segments, the label, who says what.
import { focus_on, focused, formula_lines, heading, make, percent, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { answer_line } from '../../live/words.js'
import { quote, segments, strip } from './input.js'

/** @import { FormulaLine, Mode } from '../../live/shared.js' */
/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors SentenceCard in tasks/next_sentence/card.py. Where two of something are sent, they are
 * those of either side of the coin: what follows, and what does not.
 * @typedef {object} SentenceCard
 * @property {string} id  changes with sample or seed, and the coin then lies as it was drawn
 * @property {boolean} own  the visitor's own pair
 * @property {number} drawn  0 or 1: how the coin fell
 * @property {string[]} labels  two
 * @property {string} a
 * @property {string | null} from
 * @property {string} follows
 * @property {CoinStep[]} steps
 * @property {InputToken[][]} tokens
 * @property {number[][]} answers  two shares each
 * @property {[string, string][][]} hidden  words to be named besides, and what was done to each
 * @property {CountedAnswer[][]} others
 * @property {boolean} marks
 * @property {SidedFormula | null} formula
 * @property {Mode} model
 * @property {number} rows  how far down the card goes on a stage: the pair, the coin, the label, the answer
 * @property {number} skip  how many of them are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/**
 * Mirrors CoinStep in tasks/next_sentence/card.py.
 * @typedef {object} CoinStep
 * @property {string} text
 * @property {string} b
 * @property {string} from
 */

/**
 * Mirrors InputToken in tasks/next_sentence/card.py.
 * @typedef {object} InputToken
 * @property {string} word
 * @property {string} sees
 * @property {boolean} b  whether it belongs to the second segment
 * @property {string} how
 * @property {boolean} both  stands in both sentences
 * @property {boolean} unknown
 */

/**
 * Mirrors CountedAnswer in tasks/next_sentence/card.py.
 * @typedef {object} CountedAnswer
 * @property {string} name
 * @property {number} p
 * @property {string} why
 */

/**
 * Mirrors SidedFormula in tasks/next_sentence/card.py.
 * @typedef {object} SidedFormula
 * @property {FormulaLine} symbols
 * @property {FormulaLine[]} numbers
 */

/** @typedef {Part<SentenceCard> & { side: number | null }} Card */

const HEADS = [
  ['', 'Raw pair'],
  ['', 'What was done'],
  ['', 'What the model sees'],
  ['label', 'Pseudo-label'],
]
const LONG = 300 // letters of both sentences and the stranger; beyond, they are written smaller on a stage
const STAGE_HEADS = [
  ['', 'From a tale'],
  ['', 'A coin is tossed'],
  ['label', 'Pseudo-label'],
  ['guess', 'Model’s answer'],
]
/**
 * The side of the coin that is up.
 * @param {Card} card
 */
const now = card => card.side ?? card.data.drawn

/**
 * The side that the model finds likelier.
 * @param {SentenceCard} data
 * @param {number} side
 */
function named(data, side) {
  const [follows, does_not] = data.answers[side] ?? []
  return Number(does_not) > Number(follows) ? 1 : 0
}

/**
 * @param {SentenceCard} data
 * @param {number} side
 * @param {number} which
 */
const share_of = (data, side, which) => Number(data.answers[side]?.[which])

/** @param {Card} card */
function turn(card) {
  card.side = 1 - now(card)
  draw(card) // both sides are here already: label, input and answer change in this very frame
}

/** @param {SentenceCard} data */
function raw(data) {
  const node = make('div', 'raw-pair')
  node.append(quote('A', data.a, data.from), quote('B', data.follows, ''))
  return node
}

/**
 * What was done.
 * @param {Card} card
 * @param {number} side
 */
function done({ data }, side) {
  const node = make('div', 'step')
  const step = data.steps[side]
  if (!step) return node
  const coin = `${side === data.drawn ? 'The coin' : 'You'} said: ${side ? 'replace B' : 'leave B as it is'}. `
  node.append(make('p', 'told', data.own ? step.text : coin + step.text))
  if (step.b) node.append(quote('B', step.b, step.from))
  return node
}

/** @param {Card} card */
function turn_button(card) {
  const side = now(card)
  const own = side ? 'Say that B follows' : 'Say that B does not follow'
  const drawn = side ? 'Put the true one back' : 'Replace B'
  return make('button', 'plain turn', `⇄ ${card.data.own ? own : drawn}`, { onclick: () => turn(card) })
}

/**
 * Both sides in one place, so that the card keeps its height when the coin is turned; the one that is not up takes room
 * and nothing else.
 * @param {Card} card
 * @param {(card: Card, side: number) => HTMLElement} draw_side
 */
function stacked(card, draw_side) {
  const node = make('div', 'stacked')
  for (const side of [0, 1]) {
    const one = draw_side(card, side)
    if (side !== now(card)) set(one, { 'aria-hidden': true }).classList.add('under')
    node.append(one)
  }
  return node
}

/** @param {Card} card */
function label_chip(card) {
  const node = make('div', 'chip target', '', { translate: false })
  node.append(make('span', '', card.data.labels[now(card)]))
  return node
}

/** @param {Card} card */
function answer_chip(card) {
  const { data } = card
  const side = now(card)
  const said = named(data, side)
  const right = said === side
  const node = make('div', 'chip answer', '', { translate: false })
  const name = make('span', right ? '' : 'wrong', data.labels[said])
  node.append(make('b', '', right ? '✓' : '✕'), name, make('span', '', percent(share_of(data, side, said))))
  return node
}

/** @param {Card} card */
function labels(card) {
  const node = make('div', 'labels')
  node.append(label_chip(card), make('span', 'head guess', 'Model’s answer'), answer_chip(card))
  return node
}

/**
 * The pair as it stands now.
 * @param {Card} card
 * @param {number} side
 */
function stands({ data }, side) {
  const node = make('div', 'raw-pair')
  node.append(quote('A', data.a, ''), quote('B', data.steps[side]?.b || data.follows, ''))
  return node
}

/**
 * The rows of a stage, each with its name.
 * @param {Card} card
 */
function stage_rows(card) {
  const { data } = card
  const act = make('div', 'act')
  act.append(stacked(card, data.skip ? stands : done), turn_button(card))
  const heads = STAGE_HEADS.map(([kind, text], i) => [kind, data.skip && i === 1 ? 'The pair' : text])
  const cells = [raw(data), act, label_chip(card), ...(data.answers.length ? [answer_chip(card)] : [])]
  const rows = cells.map((cell, i) => [make('span', `head ${heads[i]?.[0]}`, heads[i]?.[1]), cell])
  return rows.slice(data.skip, data.rows).flat()
}

/**
 * What the model and the two counters say of this very pair.
 * @param {Card} card
 */
function panel(card) {
  const { data } = card
  const side = now(card)
  const node = make('div', 'answers')
  const list = make('ol')
  list.append(...data.labels.map((name, i) => answer_line(name, share_of(data, side, i), i === side)))
  node.append(heading('How likely is each?', '', data.model), list)
  node.append(make('p', 'note', '✓ marks the pseudo-label. The same pair, by counting only:'))
  for (const { name, p, why } of data.others[side] ?? []) {
    const one = make('p', 'other-way')
    const said = p >= 0.5 ? 0 : 1
    const told = ` ${said === side ? '✓' : '✕'} ${data.labels[said]} ${percent(said ? 1 - p : p)}`
    one.append(make('b', '', name), told, make('span', 'why', why))
    node.append(one)
  }
  return node
}

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const side = now(card)
  const held = focused(root)
  const [left, lattice] = [make('div', 'left'), make('div', 'lattice')]
  if (data.size) {
    lattice.append(...stage_rows(card))
    const letters = data.a.length + data.follows.length + Math.max(...data.steps.map(step => step.b.length))
    const grid = make('div', `card ${data.size}${letters > LONG ? ' long' : ''}`)
    grid.append(lattice)
    root.replaceChildren(grid)
    if (held) focus_on(root, '.turn')
    return
  }
  const [act, input] = [make('div', 'act'), make('div', 'input')]
  act.append(stacked(card, done), turn_button(card))
  input.append(stacked(card, strip), segments(data, side))
  const cells = [raw(data), act, input, labels(card)]
  HEADS.forEach(([kind, text], i) => lattice.append(make('span', `head ${kind}`, text), cells[i] ?? ''))
  left.append(lattice)
  const numbers = data.formula?.numbers[side]
  if (data.formula && numbers) left.append(...formula_lines({ symbols: data.formula.symbols, numbers }))
  const grid = make('div', 'card')
  grid.append(left, panel(card))
  const told = `The label is now ${data.labels[side]}, the model’s answer ${data.labels[named(data, side)]}.`
  root.replaceChildren(grid, make('p', 'said-only', card.side === null ? '' : told, { role: 'status' }))
  if (held) focus_on(root, '.turn')
}

/** @type {View<SentenceCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    card.side = null
  },
  update: (card, data) => {
    if (card.data?.id !== data.id) card.side = null // another pair or label: the coin lies as it was drawn
    card.data = data
    draw(card)
  },
})
