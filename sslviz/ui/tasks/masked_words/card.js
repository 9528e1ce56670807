// A sentence as a lattice: one column a word, read downwards from raw data to the model's answer.
import { find_all, formula_line, heading, make, set } from '../../live/shared.js'
import { change, follow, view } from '../../live/view.js'
import { bands, best_words, found_among, hold_focus, lattice, neighbour, raw_word, walk } from '../../live/words.js'

/** @import { Formula, Mode } from '../../live/shared.js' */
/** @import { Making, Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors TokenCard in tasks/masked_words/card.py. All lists but `perplexity` have one entry a word.
 * @typedef {object} TokenCard
 * @property {string} id  changes with sample or seed, and drops the visitor's edit
 * @property {string[]} words
 * @property {boolean[]} known
 * @property {boolean[]} can  whether it may be changed
 * @property {How[]} how
 * @property {number} heard  number of the last change by the visitor that came
 * @property {string[]} sees
 * @property {(string | null)[]} target
 * @property {([string, number][] | null)[]} answers  the five best, each with its share
 * @property {(number | null)[]} loss
 * @property {string[]} swaps  what stands there if it is swapped
 * @property {string} share  a sentence
 * @property {Formula | null} formula
 * @property {Mode} model
 * @property {boolean} pending  whether the answers are still those of another input
 * @property {number} rows  how far down the card goes; 5: all of it
 * @property {number} skip  how many rows are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/** @typedef {'' | 'hide' | 'swap' | 'keep'} How */
/** @typedef {Part<TokenCard> & Making<How[]> & { selected: number, shown: How[] | null, deep?: number, panel: HTMLElement }} Card */

/** @type {[string, string][]} */
const HEADS = [
  ['', 'Raw sentence'],
  ['', 'What was done'],
  ['', 'What the model sees'],
  ['label', 'Pseudo-label'],
  ['guess', 'Model’s answer'],
]
/** @type {Record<How, How>} */
const NEXT = { '': 'hide', hide: 'swap', swap: 'keep', keep: '' }
/** @type {Record<How, string>} */
const DID = { '': '', hide: '▨ hidden', swap: '⇄ swapped', keep: '= kept' }
const BESIDE = 270 + 123 // px: the five best, and the heads
/** @type {Record<string, { font: number, beside: number, more: number }>} px: letters, the heads, what is around a word */
const STAGES = { large: { font: 28, beside: 178, more: 48 }, present: { font: 46, beside: 0, more: 66 } }
const SHOW = { did: 2, sees: 2, target: 3, answer: 4, best: 5 } // rows from which on each is there

/** @param {string} word */
const special = word => /^\[[A-Z]+\]$/.test(word)

/**
 * The number of a word for people; [CLS] is no word.
 * @param {TokenCard} data
 * @param {number} i
 */
const count = (data, i) => data.words.slice(0, i + 1).filter(word => !special(word)).length

/**
 * A word as the model would see it if nothing were done to it.
 * @param {TokenCard} data
 * @param {number} i
 */
const plain = (data, i) => (data.known[i] ? String(data.words[i]).toLowerCase() : '[UNK]')

/**
 * @param {Card} card
 * @param {number} i
 */
function sees(card, i) {
  const { data } = card
  const how = card.made[i]
  if (how === data.how[i]) return String(data.sees[i])
  if (how === 'hide') return '[MASK]'
  return how === 'swap' ? String(data.swaps[i]) : plain(data, i)
}

/** @param {Card} card */
const data_size = card => card.data.size || ''

/**
 * How far down the card goes.
 * @param {Card} card
 */
const depth = card => card.data.rows ?? SHOW.best

/**
 * @param {Card} card
 * @param {number} i
 */
function turn(card, i) {
  card.selected = i
  const simple = Boolean(data_size(card)) // on a stage a word is hidden or not, and one at a time
  const how = card.made.map((one, at) => (at !== i ? (simple ? '' : one) : simple ? (one ? '' : 'hide') : NEXT[one]))
  change(card, how)
  draw(card) // label and input follow in this very frame, and Python then asks the model
}

/**
 * @param {Card} card
 * @param {number} i
 */
function look_at(card, i) {
  if (card.selected === i) return
  card.selected = i
  for (const node of find_all(card.root, '.word')) node.classList.toggle('selected', Number(node.dataset.word) === i)
  const fresh = panel(card)
  card.panel.replaceWith(fresh)
  card.panel = fresh
}

/**
 * @param {Card} card
 * @param {number} i
 */
function column(card, i) {
  const { data } = card
  const word = String(data.words[i])
  const how = card.made[i] ?? ''
  const node = make('div', `word${i === card.selected ? ' selected' : ''}`)
  const name = special(word) ? word : `word ${count(data, i)}, ${word}`
  set(node, { 'data-word': i, role: 'group', 'aria-label': name, translate: 'no' })
  const seen = make('div', `chip sees ${how}`)
  seen.append(make('span', special(sees(card, i)) ? 'code' : '', sees(card, i)))
  const empty = [make('div', 'chip none', special(word) || data_size(card) ? '' : '–'), make('div', 'chip none')]
  const fresh = card.shown?.[i] === '' || (card.deep ?? SHOW.best) < SHOW.target ? ' fresh' : ''
  const rows = [raw(card, i, word, how), seen, ...(how ? asked(card, i, fresh) : empty)]
  if (!data_size(card)) rows.splice(1, 0, make('div', 'did', DID[how]))
  else if (how && card.shown?.[i] === '') seen.classList.add('covered')
  node.append(...rows.slice(card.data.skip ?? 0, depth(card) + (data_size(card) ? 0 : 1)))
  return node
}

/**
 * The word as it was; a click changes what is done to it.
 * @param {Card} card
 * @param {number} i
 * @param {string} word
 * @param {How} how
 */
function raw(card, i, word, how) {
  const can = card.data.can[i]
  const node = raw_word(can ? 'button' : 'div', special(word) ? ' special' : '', word, Boolean(card.data.known[i]))
  if (!can) return node
  node.onclick = () => turn(card, i)
  node.onfocus = () => look_at(card, i)
  return set(node, { 'aria-label': `${word}: ${DID[how].slice(2) || 'untouched'}. Change` })
}

/**
 * Label and answer at a word that was chosen.
 * @param {Card} card
 * @param {number} i
 * @param {string} fresh  a class, where it was only just chosen
 */
function asked(card, i, fresh) {
  const { data } = card
  const target = data.target[i] ?? plain(data, i)
  const best = data.answers[i]?.[0]?.[0]
  const label = make('div', `chip target${fresh}`)
  label.append(make('span', '', target))
  const answer = make('button', `chip answer${fresh}`, '', { onclick: () => look_at(card, i) })
  if (card.unheard || data.pending || best === undefined) {
    answer.append(make('span', '', '…'))
    return [label, set(answer, { 'aria-label': 'Model’s answer: waiting' })]
  }
  const right = best === target
  answer.append(make('b', '', right ? '✓' : '✕'), make('span', right ? '' : 'wrong', best))
  const said = `Model’s answer: ${best}, ${right ? 'right' : 'wrong'}. Show its five best`
  return [label, set(answer, { 'aria-label': said })]
}

/**
 * The five best answers at one word.
 * @param {Card} card
 */
function panel(card) {
  const { data, selected: i } = card
  const node = make('div', 'answers')
  const chosen = card.made[i]
  node.append(heading(chosen ? `Five best at word ${count(data, i)}` : 'Five best answers', '', data.model))
  if (!chosen) {
    const why = data.can[i] ? ` “${data.words[i]}” is not chosen.` : ' '
    node.append(make('p', 'note', `The model is asked only where something was chosen.${why}`))
    return node
  }
  const target = data.target[i] ?? plain(data, i)
  const best = card.unheard || data.pending ? null : data.answers[i]
  if (!best) {
    /** @type {[string, number][]} */
    const dots = Array.from({ length: 5 }, () => ['…', 0])
    node.append(
      best_words(dots, target, () => ''),
      make('p', 'note', 'Asking the model …'),
    )
    return node
  }
  const loss = data.loss[i]
  const here = typeof loss === 'number' ? ` Loss here: −ln p = ${loss.toFixed(2)}.` : ''
  node.append(best_words(best, target), make('p', 'note', `${found_among(best, target)}${here}`))
  return node
}

/**
 * The words of each band. On a stage the marks around a sentence are left out: they are no words.
 * @param {Card} card
 */
function split_for(card) {
  const { data, root } = card
  const how = STAGES[data_size(card)]
  if (!how) {
    return bands(root, data.words.length, BESIDE, '16px "Source Sans", sans-serif', (i, wide) => {
      const word = String(data.words[i])
      return special(word) ? 47 : Math.min(136, Math.max(data.can[i] ? 62 : 26, wide(word) + 31))
    })
  }
  const font = `${how.font}px "Source Sans", sans-serif`
  const five = depth(card) >= SHOW.best ? 300 : 0
  const found = bands(root, data.words.length, how.beside + five, font, (i, wide) =>
    special(String(data.words[i])) ? 0 : wide(String(data.words[i])) + how.more,
  )
  return found.map(band => band.filter(i => !special(String(data.words[i])))).filter(band => band.length)
}

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const give_back = hold_focus(root)
  const left = make('div', 'left')
  const split = split_for(card)
  const all = make('div', split.length > 1 ? 'bands many' : 'bands')
  const columns = (/** @type {number[]} */ band) => band.map(i => column(card, i))
  const heads = data_size(card) ? HEADS.filter((_, row) => row !== 1).slice(data.skip ?? 0, depth(card)) : HEADS
  all.append(...split.map(band => lattice(heads, columns(band))))
  const share = card.unheard ? 'Asking the model about your change …' : data.share
  left.append(all)
  if (!data_size(card)) left.append(make('p', 'note', share, { role: 'status' }))
  const unknown = data.words.filter((_, i) => !data.known[i])
  if (unknown.length && !data_size(card)) {
    left.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK]: ${unknown.join(', ')}.`))
  }
  if (data.formula) {
    left.append(formula_line(data.formula.symbols))
    if (!card.unheard) left.append(formula_line(data.formula.numbers, 'numbers'))
  }
  const grid = make('div', `card ${data_size(card)}`)
  card.panel = panel(card)
  grid.append(left, ...(depth(card) >= SHOW.best ? [card.panel] : []))
  root.replaceChildren(grid)
  card.shown = [...card.made]
  card.deep = depth(card)
  give_back()
}

/** @type {View<TokenCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    walk(card.root, (from, by) => neighbour(card.root, from, by)?.focus())
  },
  update: (card, data) => {
    if (card.data?.id !== data.id) {
      const first = data.how.findIndex(how => how)
      const selected = first >= 0 ? first : Math.max(0, data.can.indexOf(true))
      Object.assign(card, { shown: null, selected })
    }
    follow(card, data, data.how)
    card.data = data
    draw(card)
  },
  resize: draw,
})
