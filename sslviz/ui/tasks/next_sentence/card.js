// A pair of sentences: where both are from, the coin, the whole input with its segments, the label, who says what.
import { focus_on, focused, formula_lines, heading, make, percent, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { answer_line } from '../../live/words.js'

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
/** @type {Record<string, string>} */
const FATE = { hide: '▨ hidden', swap: '⇄ swapped', keep: '= kept' }

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

/**
 * @param {string} letter
 * @param {string} text
 * @param {string | null} from
 */
function quote(letter, text, from) {
  const node = make('div', 'quote', '', { translate: false })
  node.append(make('b', 'letter', letter), make('q', '', text))
  if (from) node.append(make('span', 'from', from))
  return node
}

/** @param {SentenceCard} data */
function raw(data) {
  const node = make('div', 'raw-pair')
  node.append(quote('A', data.a, data.from), quote(data.own ? 'B' : 'next', data.follows, ''))
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
 * A band of a segment.
 * @param {string} kind
 * @param {string} text
 */
function band(kind, text) {
  const node = make('span', `band ${kind}`)
  node.append(make('span', '', text))
  return node
}

/**
 * @param {InputToken} one
 * @param {boolean} marks
 */
function token(one, marks) {
  const special = !one.how && /^\[(CLS|SEP)\]$/.test(one.word)
  const chip = make('span', `token ${one.how}${special ? ' special' : ''}${one.sees.startsWith('[') ? ' code' : ''}`)
  chip.append(make('span', one.unknown ? 'unknown' : '', one.sees))
  const node = make('span', 'piece')
  node.append(chip, one.b ? band('b', 'B') : band('a', 'A'))
  if (marks) node.append(make('span', 'both', one.both ? '◆' : ''))
  if (one.unknown) node.title = `“${one.word}” is not in the vocabulary: the model sees [UNK]`
  return node
}

/**
 * @param {Card} card
 * @param {number} side
 */
function strip({ data }, side) {
  const node = make('div', 'strip', '', { translate: false })
  const tokens = data.tokens[side] ?? []
  node.append(...tokens.map(one => token(one, data.marks)))
  return set(node, { role: 'img', 'aria-label': `The input: ${tokens.map(one => one.sees).join(' ')}` })
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

/**
 * @param {SentenceCard} data
 * @param {number} side
 */
function segments(data, side) {
  const node = make('p', 'note')
  const vectors =
    ' segment embeddings: one vector is added to every token of [CLS] A [SEP], another to every token of B [SEP].'
  node.append(band('a', 'A'), ' ', band('b', 'B'), vectors)
  if (data.marks) node.append(' ◆ stands in both sentences: a third vector is added.')
  if (data.tokens[side]?.some(one => one.unknown)) node.append(' [UNK] is a word that the vocabulary lacks.')
  const hidden = data.hidden[side] ?? []
  if (hidden.length) {
    node.append(' To be named besides, as in Masked words: ')
    hidden.forEach(([word, how], i) => {
      const fate = String(FATE[how]).split(' ').join('\u00a0')
      node.append(i ? ', ' : '', '“', make('span', 'label', word), `” ${fate}`)
    })
    node.append('.')
  }
  return node
}

/** @param {Card} card */
function labels(card) {
  const { data } = card
  const side = now(card)
  const said = named(data, side)
  const right = said === side
  const [node, target, answer] = [make('div', 'labels'), make('div', 'chip target'), make('div', 'chip answer')]
  target.translate = answer.translate = false
  target.append(make('span', '', data.labels[side]))
  const name = make('span', right ? '' : 'wrong', data.labels[said])
  answer.append(make('b', '', right ? '✓' : '✕'), name, make('span', '', percent(share_of(data, side, said))))
  node.append(target, make('span', 'head guess', 'Model’s answer'), answer)
  return node
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
