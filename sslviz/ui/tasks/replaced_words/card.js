// A sentence as a lattice: one column a word, from the raw word over what the generator put there to a label at each.
import { formula_lines, heading, make, set } from '../../live/shared.js'
import { change, follow, view } from '../../live/view.js'
import { answer_line, bands, hold_focus, lattice, neighbour, raw_word, walk } from '../../live/words.js'

/** @import { Formula, Mode } from '../../live/shared.js' */
/** @import { Making, Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors ReplacedCard in tasks/replaced_words/card.py. Lists have one entry a word.
 * @typedef {object} ReplacedCard
 * @property {string} id  changes with sample or seed, and drops the visitor's edit
 * @property {string[]} words
 * @property {boolean[]} known
 * @property {boolean[]} can  whether it may be hidden
 * @property {boolean[]} hide
 * @property {number} heard  number of the last change by the visitor that came
 * @property {string[]} reads  what the discriminator reads
 * @property {(number | null)[]} chance  how probable the generator found it, where it chose
 * @property {([string, number][] | null)[]} best  the generator's five best, where it chose
 * @property {(boolean | null)[]} target  whether it was replaced; null: no label
 * @property {(number | null)[]} answer  how probable the model finds it that it was
 * @property {string} count  a sentence
 * @property {Formula | null} formula
 * @property {Mode} model
 * @property {number} rows  how far down the card goes; 5: all of it
 * @property {number} skip  how many rows are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/** @typedef {Part<ReplacedCard> & Making<boolean[]> & { selected: number, panel: HTMLElement }} Card */

/** @type {[string, string][]} */
const HEADS = [
  ['', 'Raw sentence'],
  ['', 'What was done'],
  ['', 'What the model reads'],
  ['label', 'Pseudo-label'],
  ['guess', 'Model’s answer'],
]
const NAMES = ['original', 'replaced']
const BESIDE = 270 + 123 // px: the five best, and the heads
const ALL = 5 // rows; the last is the list of the generator's best words
/** @type {Record<string, { font: number, beside: number, more: number, least: number }>} px: letters, heads, around a word */
const STAGES = {
  large: { font: 24, beside: 178, more: 34, least: 106 },
  present: { font: 38, beside: 0, more: 50, least: 134 },
}

/** @param {Card} card */
const depth = card => card.data.rows ?? ALL
/** @param {boolean} replaced */
const named = replaced => String(NAMES[Number(replaced)])
/** @param {number | null | undefined} p */
const chance = p => (typeof p === 'number' ? (p < 0.005 ? '<1%' : `${Math.round(100 * p)}%`) : '')

/**
 * @param {Card} card
 * @param {number} i
 */
function turn(card, i) {
  card.selected = i
  const made = card.made.map((one, at) => (at === i ? !one : one))
  change(card, made)
  draw(card) // that it is hidden, is seen in this very frame; what is put there, only the generator knows
}

/**
 * @param {Card} card
 * @param {number} i
 */
function look_at(card, i) {
  if (card.selected === i) return
  card.selected = i
  const fresh = panel(card)
  card.panel.replaceWith(fresh)
  card.panel = fresh
}

/**
 * The word as it was; a click hides it, or brings it back.
 * @param {Card} card
 * @param {number} i
 */
function raw(card, i) {
  const { data } = card
  const word = String(data.words[i])
  const node = raw_word(data.can[i] ? 'button' : 'div', '', word, Boolean(data.known[i]))
  if (!data.can[i]) return node
  node.onclick = () => turn(card, i)
  node.onfocus = () => look_at(card, i)
  return set(node, { 'aria-pressed': Boolean(card.made[i]), 'aria-label': `${word}: hide it` })
}

/**
 * @param {Card} card
 * @param {number} i
 */
function column(card, i) {
  const { data } = card
  const waits = Boolean(card.unheard)
  const [hidden, replaced, p] = [Boolean(card.made[i]), data.target[i], data.answer[i]]
  const node = make('div', `word${hidden ? ' hidden' : ''}`)
  set(node, { 'data-word': i, role: 'group', 'aria-label': `word ${i + 1}, ${data.words[i]}`, translate: 'no' })
  const reads = make('div', `chip reads${hidden ? ' put' : ''}`)
  reads.append(make('span', '', waits && hidden ? '…' : String(waits ? data.words[i] : data.reads[i])))
  if (hidden && !waits && data.size) reads.append(make('small', '', chance(data.chance[i])))
  const label = make('div', `chip ${typeof replaced === 'boolean' ? `target ${named(replaced)}` : 'none'}`)
  label.append(make('span', '', waits ? '…' : typeof replaced === 'boolean' ? named(replaced) : '–'))
  const suspect = !waits && typeof p === 'number' && p === Math.max(...data.answer.map(Number))
  const found = suspect && data.target.includes(true) ? replaced : null // where nothing was replaced, nothing is to find
  const rows = [raw(card, i), reads, label, answer(waits ? null : p, replaced, suspect, found)]
  if (!data.size) {
    const by = typeof data.chance[i] === 'number' ? `p ${chance(data.chance[i])}` : 'drawn'
    rows.splice(1, 0, make('div', 'did', hidden ? `▨ hidden, ${waits ? '…' : by}` : ''))
  }
  node.append(...rows.slice(data.skip ?? 0, depth(card) + (data.size ? 0 : 1)))
  return node
}

/**
 * Marked is only the word that the model suspects most: saying “original” everywhere would be right at most words.
 * @param {number | null | undefined} p
 * @param {boolean | null | undefined} replaced
 * @param {boolean} suspect  whether it is the one that the model suspects most
 * @param {boolean | null | undefined} found  whether that one was replaced; null: it has no mark
 */
function answer(p, replaced, suspect, found) {
  if (typeof replaced !== 'boolean') return make('div', 'chip none', '–')
  const node = make('div', `chip answer${suspect ? ' most' : ''}`)
  if (typeof p !== 'number') {
    node.append(make('span', '', '…'))
    return node
  }
  if (typeof found === 'boolean') node.append(make('b', '', found ? '✓' : '✕'))
  node.append(make('span', '', chance(p)))
  return set(node, { title: `${chance(p)} that it was replaced${suspect ? '; it suspects this word most' : ''}` })
}

/**
 * The generator's five best words at one place.
 * @param {Card} card
 */
function panel(card) {
  const { data, selected: i } = card
  const node = make('div', 'answers')
  const best = card.made[i] && !card.unheard ? data.best[i] : null
  const name = `Generator’s five best for “${data.words[i]}”`
  node.append(heading(best ? name : 'Generator’s five best', '', data.model))
  if (!best) {
    const why = data.can[i] && !card.made[i] ? ` “${data.words[i]}” is not hidden.` : ''
    node.append(make('p', 'note', `The generator is asked only where a word is hidden.${why}`))
    return node
  }
  const list = set(make('ol'), { translate: 'no' })
  for (const [word, share] of best) list.append(answer_line(word, share, false, chance(share), word))
  const put = `It put in “${data.reads[i]}” (${chance(data.chance[i])}), drawn by these chances, not always the best.`
  node.append(list, make('p', 'note', put))
  return node
}

/**
 * The words of each band. On a stage the marks around a sentence are left out: they are no words.
 * @param {Card} card
 */
function split_for(card) {
  const { data, root } = card
  const ends = [0, data.words.length - 1]
  const how = STAGES[data.size]
  const font = `${how?.font ?? 16}px "Source Sans", sans-serif`
  const found = bands(root, data.words.length, how ? how.beside : BESIDE, font, (i, wide) => {
    if (how && ends.includes(i)) return 0
    const beside = how && card.made[i] ? 2.2 * how.font : 0 // how likely the generator found it
    const widest = Math.max(wide(String(data.words[i])), wide(String(data.reads[i])) + beside)
    return how ? Math.max(how.least, widest + how.more) : Math.min(136, Math.max(92, widest + 31))
  })
  return how ? found.map(band => band.filter(i => !ends.includes(i))).filter(band => band.length) : found
}

/** @param {Card} card */
function draw(card) {
  const { data, root } = card
  const give_back = hold_focus(root)
  const split = split_for(card)
  const heads = data.size ? HEADS.filter((_, row) => row !== 1).slice(data.skip ?? 0, depth(card)) : HEADS
  const all = make('div', split.length > 1 ? 'bands many' : 'bands')
  all.append(
    ...split.map(band =>
      lattice(
        heads,
        band.map(i => column(card, i)),
      ),
    ),
  )
  const left = make('div', 'left')
  left.append(all)
  const count = card.unheard ? 'Asking the generator about your change …' : data.count
  if (count) left.append(make('p', 'note', count, { role: 'status' }))
  const unknown = data.words.filter((_, i) => !data.known[i])
  if (unknown.length && !data.size) {
    left.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK]: ${unknown.join(', ')}.`))
  }
  if (data.formula) left.append(...formula_lines(data.formula))
  const grid = make('div', `card ${data.size || ''}`)
  card.panel = panel(card)
  grid.append(left, ...(data.size ? [] : [card.panel]))
  root.replaceChildren(grid)
  give_back()
}

/** @type {View<ReplacedCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    walk(card.root, (from, by) => neighbour(card.root, from, by)?.focus())
  },
  update: (card, data) => {
    if (card.data?.id !== data.id) card.selected = Math.max(0, data.hide.indexOf(true))
    follow(card, data, data.hide)
    card.data = data
    draw(card)
  },
  resize: draw,
})
