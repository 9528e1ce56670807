// A sentence and the window of one of its words: raw words, what is kept, the window, the labels, their noise, answers.
// With `lists` instead of a sentence: rows of words, each with a bar for its cosine.
import { find, formula_lines, make } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { bands, hold_focus, lattice, neighbour, walk } from '../../live/words.js'
import { column, depth, now, SHOW } from './column.js'
import { draw_lists, panel } from './scores.js'

/** @import { FormulaLine, Mode } from '../../live/shared.js' */
/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors ContextCard in tasks/word_and_context/card.py.
 * @typedef {object} ContextCard
 * @property {string} id  changes with sample or seed, and the choice of centre then starts anew
 * @property {string[]} words
 * @property {How[]} how
 * @property {(number | null)[]} keep  chance to be kept; null where left out
 * @property {(number | null)[]} share  of all words; null where left out
 * @property {CentreData[]} steps  one a kept word
 * @property {PairScores[][]} answers  one a label of each kept word
 * @property {number} centre  the one shown first
 * @property {boolean} cbow  the neighbours are asked together
 * @property {string} note
 * @property {string} left_out
 * @property {CentredFormula | null} formula
 * @property {Mode} model
 * @property {number} rows  how far down the card goes
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/** @typedef {'' | 'drop' | 'mark' | 'out'} How  kept, dropped, a mark, not in the vocabulary */

/**
 * A word with its window; mirrors CentreData in tasks/word_and_context/card.py.
 * @typedef {object} CentreData
 * @property {number} place
 * @property {number} radius
 * @property {[number, number][]} near  place and offset of each neighbour
 * @property {PairLabel[]} labels
 */

/**
 * Mirrors PairLabel in tasks/word_and_context/card.py. Lists have one entry a noise word.
 * @typedef {object} PairLabel
 * @property {number} place
 * @property {string} word
 * @property {string[]} noise
 * @property {number[]} p  chance to be drawn
 * @property {boolean[]} same  it is the label itself, and is skipped
 * @property {boolean[]} beside  it stands in this very window
 */

/**
 * What the model says of a label; mirrors PairScores in tasks/word_and_context/card.py.
 * @typedef {object} PairScores
 * @property {number} right  σ(u·v)
 * @property {(number | null)[]} noise  null where it is skipped
 * @property {number} best  0: the label; 1 …: a noise word; −1: the label is one of several equals
 * @property {number} loss
 */

/**
 * Mirrors CentredFormula in tasks/word_and_context/card.py.
 * @typedef {object} CentredFormula
 * @property {FormulaLine} symbols
 * @property {FormulaLine[][]} numbers  of each label of each centre
 */

/**
 * Mirrors ContextLists in tasks/word_and_context/card.py.
 * @typedef {object} ContextLists
 * @property {WordList[]} lists
 * @property {Mode} model
 */

/**
 * Mirrors WordList in tasks/word_and_context/card.py.
 * @typedef {object} WordList
 * @property {string} title
 * @property {string} hint
 * @property {[string, number][]} rows  word and cosine
 * @property {string} empty  what is said where there is none
 */

/** @typedef {Part<ContextCard> & Choosing} Card */

/**
 * @typedef {object} Choosing
 * @property {number} centre
 * @property {number} pair
 * @property {boolean} fresh
 * @property {boolean} [drawing]
 * @property {(centre: number, pair?: number) => void} choose
 */

/** @type {[string, string][]} */
const HEADS = [
  ['h0', 'Raw sentence'],
  ['h1', 'Kept with chance'],
  ['h2', 'Window'],
  ['label h3', 'Pseudo-label'],
  ['h4', 'Its noise words'],
  ['guess h5', 'Model’s answer'],
]
/** @type {[string, string][]} a row of a stage each */
const STAGE_HEADS = [
  ['h0', 'Sentence'],
  ['h2', 'Window'],
  ['label h3', 'Pseudo-label'],
  ['h4', 'Noise words'],
  ['guess h5', 'Model’s answer'],
]
/** @type {Record<string, { font: number, beside: number, more: number, least: number }>} px: letters, the heads, what is around a word, a column */
const STAGES = {
  large: { font: 22, beside: 130, more: 34, least: 92 },
  present: { font: 34, beside: 0, more: 44, least: 128 },
}
const LARGER = 1.25
const NO_LABEL = { pieces: [], said: '= 0: this centre has no label' }
const BARE = 3 // rows of a band without a label
const BESIDE = 290 + 123 // px: the scores, and the heads

/**
 * @param {Card} card
 * @param {number} centre
 * @param {number} pair
 */
function choose(card, centre, pair) {
  if (card.drawing || (card.centre === centre && card.pair === pair)) return // putting the focus back is no choice
  Object.assign(card, { centre, pair })
  draw(card)
}

/**
 * The words of each band, by number.
 * @param {Card} card
 */
function split_for({ data, root }) {
  const how = STAGES[data.size]
  const larger = how && data.rows < SHOW.answer ? LARGER : 1 // as in the style sheet
  const font = `${larger * (how?.font ?? 16)}px "Source Sans", sans-serif`
  return bands(root, data.words.length, how?.beside ?? BESIDE, font, (i, wide) => {
    const word = wide(String(data.words[i]))
    if (how) return data.how[i] === 'mark' ? how.font * 1.3 : Math.max(how.least, word + how.more)
    return data.how[i] === 'mark' ? 24 : Math.min(128, Math.max(84, word + 33))
  })
}

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const give_back = hold_focus(root)
  const [left, all] = [make('div', 'left'), make('div', 'bands')]
  const heads = data.size ? STAGE_HEADS.slice(0, depth(card)) : HEADS
  for (const band of split_for(card)) {
    const labels = now(card)?.labels.some(label => band.includes(label.place))
    const columns = band.map((i, at) => column(card, i, at))
    const node = lattice(labels ? heads : heads.slice(0, data.size ? SHOW.window : BARE), columns)
    if (!labels) node.classList.add('bare') // no label in this band: the rows for it are left out
    all.append(node)
  }
  left.append(all)
  if (!data.size) left.append(make('p', 'note', data.note, { role: 'status' }))
  if (data.left_out && !data.size) left.append(make('p', 'note', data.left_out))
  if (data.formula) {
    const numbers = data.formula.numbers[card.centre]?.[card.pair] ?? NO_LABEL
    left.append(...formula_lines({ symbols: data.formula.symbols, numbers }))
  }
  const grid = make('div', `card ${data.size}${depth(card) >= SHOW.answer ? ' deep' : ''}`)
  grid.append(left, ...(data.size ? [] : [panel(card)]))
  card.drawing = true
  root.replaceChildren(grid)
  give_back()
  card.drawing = card.fresh = false
}

/** @type {View<ContextCard | ContextLists>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    card.choose = (centre, pair = 0) => choose(card, centre, pair)
    walk(card.root, (from, by) => {
      const next = neighbour(card.root, from, by)
      const word = /** @type {HTMLElement | null | undefined} */ (next?.closest('.word'))?.dataset.word
      next?.click()
      if (next) find(card.root, `[data-word="${word}"] button`)?.focus()
    })
  },
  update: (card, data) => {
    if ('lists' in data) {
      draw_lists(card.root, data)
      return
    }
    if (card.data?.id !== data.id) Object.assign(card, { centre: data.centre, pair: 0, fresh: true })
    card.data = data
    draw(card)
  },
  resize: card => {
    if (card.data) draw(card)
  },
})
