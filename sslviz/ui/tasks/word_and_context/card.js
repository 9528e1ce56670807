// A sentence and the window of one of its words: raw words, what is kept, the window, the labels, their noise, answers.
// With `lists` instead of a sentence: rows of words, each with a bar for its cosine.
import { find, formula_lines, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { bands, hold_focus, lattice, neighbour, walk } from '../../live/words.js'
import { best, draw_lists, panel, share } from './scores.js'

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

/** @typedef {Part<ContextCard> & { centre: number, pair: number, fresh: boolean, drawing?: boolean }} Card */

/** @type {[string, string][]} */
const HEADS = [
  ['h0', 'Raw sentence'],
  ['h1', 'Kept with chance'],
  ['h2', 'Window'],
  ['label h3', 'Pseudo-label'],
  ['h4', 'Its noise words'],
  ['guess h5', 'Model’s answer'],
]
const NO_LABEL = { pieces: [], said: '= 0: this centre has no label' }
const BARE = 3 // rows of a band without a label
const BESIDE = 290 + 123 // px: the scores, and the heads

/** @param {Card} card */
const now = card => card.data.steps[card.centre]

/** @param {Card} card */
const answers_now = card => card.data.answers[card.centre] ?? []

/** @param {number} by */
const signed = by => (by < 0 ? `−${-by}` : `+${by}`)

/**
 * @param {Card} card
 * @param {number} centre
 * @param {number} [pair]
 */
function choose(card, centre, pair = 0) {
  if (card.drawing || (card.centre === centre && card.pair === pair)) return // putting the focus back is no choice
  Object.assign(card, { centre, pair })
  draw(card)
}

// ---- a column ---------------------------------------------------------------------------------------------------

/**
 * Drawn between raw word and label: how far this word lies from the centre, and the window's bracket.
 * @param {Card} card
 * @param {number} i
 */
function place(card, i) {
  const step = now(card)
  const node = make('div', 'win')
  if (!step) return node
  const places = [step.place, ...step.near.map(([its]) => its)]
  const [first, last] = [Math.min(...places), Math.max(...places)]
  if (i >= first && i <= last && step.near.length) {
    node.classList.add('in', ...(i === first ? ['first'] : []), ...(i === last ? ['last'] : []))
  }
  const near = step.near.find(([its]) => its === i)
  if (i === step.place) node.append(make('b', 'centre', 'centre'), make('span', '', `R = ${step.radius}`))
  else if (near) node.append(make('span', '', signed(near[1])))
  else if (i > first && i < last && card.data.how[i]) node.append(make('span', 'skip', 'skipped'))
  return node
}

/**
 * @param {Card} card
 * @param {number} i
 */
function kept({ data }, i) {
  const how = data.how[i]
  if (how === 'mark') return make('div', 'did')
  if (how === 'out') return make('div', 'did', 'left out')
  const [chance, word] = [share(data.keep[i]), String(data.words[i]).toLowerCase()]
  const title = `${share(data.share[i])} of all words are “${word}”, so it is kept with a chance of ${chance}`
  return make('div', 'did', how === 'drop' ? `✕ ${chance}` : chance, { title })
}

/**
 * @param {Card} card
 * @param {number} i
 */
function raw(card, i) {
  const { data } = card
  const [word, how] = [String(data.words[i]), data.how[i]]
  const centre = data.steps.findIndex(step => step.place === i)
  const node = make(centre < 0 ? 'div' : 'button', `chip raw ${how}`)
  node.append(make('span', '', word))
  if (centre >= 0) {
    set(node, { 'aria-label': `${word}: make it the centre`, 'aria-pressed': now(card)?.place === i })
    node.onclick = node.onfocus = () => {
      if (card.centre !== centre) choose(card, centre)
    }
  }
  if (how === 'drop') node.title = `“${word}” was dropped this time; the window reaches over it`
  if (how === 'out') node.title = `“${word}” is not in the vocabulary`
  return node
}

/**
 * @param {Card} card
 * @param {number} i
 * @param {number} at  its place in the band
 */
function column(card, i, at) {
  const step = now(card)
  const node = make('div', `word${step?.place === i ? ' selected' : ''}`)
  node.dataset.word = `${i}`
  node.style.setProperty('--c', `${at + 2}`)
  node.append(raw(card, i), kept(card, i), place(card, i))
  const pair = step ? step.labels.findIndex(label => label.place === i) : -1
  const [label, answer] = [step?.labels[pair], answers_now(card)[pair]]
  if (label && answer) node.append(...asked(card, label, answer, pair))
  else node.append(make('div', 'chip none'), make('div', 'noise none'), make('div', 'chip none last'))
  return node
}

/**
 * Label, noise words and answer of a pair.
 * @param {Card} card
 * @param {PairLabel} label
 * @param {PairScores} answer
 * @param {number} pair
 */
function asked(card, label, answer, pair) {
  const fresh = card.fresh ? ' fresh' : ''
  const [text, right] = best(label, answer)
  const [target, noise] = [make('div', `chip target${fresh}`), make('div', 'noise')]
  target.append(make('span', '', label.word))
  label.noise.forEach((its, k) => noise.append(make('span', label.same[k] ? 'same' : '', its), ' '))
  const kind = `chip answer${fresh}${pair === card.pair ? ' looked' : ''}`
  const chip = make('button', kind, '', { onclick: () => choose(card, card.centre, pair) })
  chip.append(make('b', '', right ? '✓' : '✕'), make('span', right || answer.best < 0 ? '' : 'wrong', text))
  const said = `Model’s answer: ${text}, ${right ? 'right' : 'wrong'}. Show the scores of this pair`
  return [target, noise, set(chip, { 'aria-label': said, 'aria-pressed': pair === card.pair })]
}

// ---- all together -----------------------------------------------------------------------------------------------

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const give_back = hold_focus(root)
  const [left, all] = [make('div', 'left'), make('div', 'bands')]
  const split = bands(root, data.words.length, BESIDE, '16px "Source Sans", sans-serif', (i, wide) =>
    data.how[i] === 'mark' ? 24 : Math.min(128, Math.max(84, wide(String(data.words[i])) + 33)),
  )
  for (const band of split) {
    const labels = now(card)?.labels.some(label => band.includes(label.place))
    const columns = band.map((i, at) => column(card, i, at))
    const node = lattice(labels ? HEADS : HEADS.slice(0, BARE), columns)
    if (!labels) node.classList.add('bare') // no label in this band: the rows for it are left out
    all.append(node)
  }
  left.append(all, make('p', 'note', data.note, { role: 'status' }))
  if (data.left_out) left.append(make('p', 'note', data.left_out))
  if (data.formula) {
    const numbers = data.formula.numbers[card.centre]?.[card.pair] ?? NO_LABEL
    left.append(...formula_lines({ symbols: data.formula.symbols, numbers }))
  }
  const grid = make('div', 'card')
  grid.append(left, panel(card))
  card.drawing = true
  root.replaceChildren(grid)
  give_back()
  card.drawing = card.fresh = false
}

/** @type {View<ContextCard | ContextLists>} */
export default view({
  begin: (/** @type {Card} */ card) => {
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
