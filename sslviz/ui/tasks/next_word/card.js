// A sentence that is its own label: one column a place, the word that goes in above the word that follows.
// Beside it the causal mask: row = place, column = what that place may look at.
import { focus_on, formula_lines, heading, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { bands, best_words, found_among, hold_focus, lattice, raw_word, walk } from '../../live/words.js'

/** @import { Formula, Mode } from '../../live/shared.js' */
/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors NextCard in tasks/next_word/card.py. Lists have one entry a place.
 * @typedef {object} NextCard
 * @property {string} id
 * @property {string[]} words  all that goes in
 * @property {boolean[]} known
 * @property {string[]} target
 * @property {[string, number][][]} answers  the five best, each with its share
 * @property {number[]} loss
 * @property {[string, number][]} perplexity  whose, and how much
 * @property {Formula | null} formula
 * @property {Mode} model
 * @property {number} rows  how far down the card goes; 4: all of it
 * @property {number} skip  how many rows are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/** @typedef {Part<NextCard> & { selected: number }} Card */

const SIDE = 146 // px, the mask at most
const NAMED = 14 // places; beyond, the mask's rows are too thin for words
const BESIDE = 220 + 100 + 56 // px: the five best, the heads, and the gaps
const FIRST = 3 // a place with something to look at

/**
 * px of a cell of the mask.
 * @param {NextCard} data
 */
export const cell_of = data => Math.max(5, Math.min(18, Math.floor(SIDE / data.words.length)))

/** @param {NextCard} data */
const mask_width = data => cell_of(data) * data.words.length + (data.words.length > NAMED ? 0 : 70)

/**
 * The word that the model finds likeliest at a place.
 * @param {NextCard} data
 * @param {number} i
 */
const best_at = (data, i) => String(data.answers[i]?.[0]?.[0])

/** @type {Record<string, { font: number, beside: number, more: number }>} px: letters, the heads, what is around a word */
const STAGES = { large: { font: 26, beside: 150, more: 34 }, present: { font: 44, beside: 0, more: 60 } }

/**
 * How far down the card goes.
 * @param {NextCard} data
 */
const depth = data => data.rows ?? 4

/**
 * @param {Card} card
 * @param {number} i
 * @param {boolean} [focus]
 */
function ask_at(card, i, focus = false) {
  card.selected = Math.max(0, Math.min(card.data.words.length - 1, i))
  draw(card)
  if (focus) focus_on(card.root, `[data-word="${card.selected}"] .raw`)
}

/**
 * @param {Card} card
 * @param {number} i
 */
function column(card, i) {
  const { data, selected } = card
  const [word, target, best] = [String(data.words[i]), String(data.target[i]), best_at(data, i)]
  const [here, later, right] = [i === selected, i > selected, best === target]
  const node = make('div', `word${here ? ' selected' : ''}${later ? ' later' : ''}`)
  set(node, { 'data-word': i, role: 'group', 'aria-label': `place ${i + 1}, ${word}`, translate: 'no' })
  node.onclick = () => ask_at(card, i, true)
  const raw = set(raw_word('button', i ? '' : ' special', word, Boolean(data.known[i])), { 'aria-pressed': here })
  const label = make('div', 'chip target', '', { title: target.length > 12 ? target : '' })
  const answer = make('div', 'chip answer')
  label.append(make('span', '', target))
  answer.append(make('b', '', right ? '✓' : '✕'), make('span', right ? '' : 'wrong', best))
  const seen = later ? '▨ not seen' : 'seen'
  const rows = [raw, label, answer].slice(data.skip ?? 0, depth(data))
  if (!data.size) rows.splice(1, 0, make('div', 'did', here ? '● asks' : seen))
  node.append(...rows)
  return node
}

/**
 * The triangle. Hatched ground is what may not be looked at; on it lie the cells that may.
 * @param {Card} card
 */
function mask(card) {
  const { data, selected } = card
  const n = data.words.length
  const node = make('div', 'masked')
  const named = n <= NAMED
  const box = make('div', `mask${named ? ' named' : ''}`)
  box.style.setProperty('--n', `${n}`)
  box.style.setProperty('--cell', `${cell_of(data)}px`)
  const rows = `Causal mask, ${n} rows and ${n} columns, a filled triangle.`
  const row = `Row ${selected + 1} may look at columns 1 to ${selected + 1} only.`
  set(box, { role: 'img', 'aria-label': `${rows} ${row}` })
  if (named) box.append(...names(card))
  box.append(ground(card))
  node.append(heading('Causal mask', 'row looks at column'), box)
  return node
}

/**
 * The cells of the mask, and the one that is asked for.
 * @param {Card} card
 */
function ground(card) {
  const { data, selected } = card
  const n = data.words.length
  const node = make('div', 'ground')
  const put = (/** @type {string} */ kind, /** @type {number} */ row, /** @type {number} */ at) => {
    const square = make('i', kind)
    square.style.gridArea = `${row + 1} / ${at + 1}`
    node.append(square)
  }
  for (let row = 0; row < n; row++) {
    for (let at = 0; at <= row; at++) put(row === selected ? 'see now' : 'see', row, at)
    if (row === selected && row < n - 1) put('asked', row, row + 1)
  }
  node.onclick = event => {
    const y = event.clientY - node.getBoundingClientRect().top - 1
    ask_at(card, Math.floor(y / cell_of(data)))
  }
  return node
}

/**
 * The words beside the mask.
 * @param {Card} card
 */
function names({ data, selected }) {
  const [across, down] = [make('div', 'across'), make('div', 'down')]
  data.words.forEach((word, i) => {
    across.append(make('span', i <= selected ? 'now' : '', word))
    down.append(make('span', i === selected ? 'now' : '', word))
  })
  return [across, down]
}

/**
 * The five best words at one place.
 * @param {Card} card
 */
function panel({ data, selected: i }) {
  const node = make('div', 'answers')
  const [target, best] = [String(data.target[i]), data.answers[i] ?? []]
  const loss = Number(data.loss[i]).toFixed(2)
  node.append(heading(`Five best after “${data.words[i]}”`, '', data.model), best_words(best, target))
  node.append(make('p', 'note', `${found_among(best, target)} Loss here: −ln p = ${loss}.`))
  return node
}

/** @param {number} number */
const round = number => (number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString('en'))

/** @param {Card} card */
function words({ data }) {
  const n = data.words.length
  const node = make('div', 'told')
  const told =
    `${n} places, ${n} labels, all asked at once: the sentence, moved by one. ⟨begin⟩ and ⟨end⟩ mark where it starts ` +
    'and stops; after ⟨end⟩ nothing follows, so it has no label and does not go in. The causal mask has a row for ' +
    'each place: what is filled it may look at, what is hatched is hidden from it, the blue square is the word that ' +
    'is asked for (none in the last row, since ⟨end⟩ does not go in).'
  const line = make('p', 'note perplexity', 'Perplexity of this sentence, as unsure as among so many words: ')
  data.perplexity.forEach(([who, number], i) => {
    line.append(i ? ' · ' : '', make('span', i ? '' : 'guess', `${who} ${round(number)}`))
  })
  node.append(make('p', 'note', told), line)
  const unknown = data.words.filter((_, i) => !data.known[i])
  if (unknown.length) {
    const met = 'which it never met in training, and [UNK] is asked for'
    const list = unknown.join(', ')
    node.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK], ${met}: ${list}.`))
  }
  if (data.formula) node.append(...formula_lines(data.formula))
  return node
}

/** @param {Card} card */
function draw(card) {
  const { data, root, selected } = card
  const give_back = hold_focus(root)
  const how = STAGES[data.size]
  const beside = how ? how.beside : mask_width(data) + BESIDE
  const split = bands(
    root,
    data.words.length,
    beside,
    `600 ${how?.font ?? 16}px "Source Sans", sans-serif`,
    (i, wide) => {
      const [raw, label, answer] = [data.words[i], data.target[i], best_at(data, i)].map(word => wide(String(word)))
      if (how) return Math.max(Number(raw), Number(label), depth(data) > 2 ? Number(answer) + 20 : 0) + how.more
      return Math.min(137, Math.max(62, Number(raw) + 31, Number(label) + 27, Number(answer) + 45))
    },
  )
  /** @type {[string, string][]} */
  const heads = [
    ['', 'The sentence'],
    ['', `At place ${selected + 1}`],
    ['label', 'Pseudo-label'],
    ['guess', 'Model’s answer'],
  ]
  const all = make('div', split.length > 1 ? 'bands many' : 'bands')
  const columns = (/** @type {number[]} */ band) => band.map(i => column(card, i))
  const named = data.size ? heads.filter((_, row) => row !== 1).slice(data.skip ?? 0, depth(data)) : heads
  all.append(...split.map(band => lattice(named, columns(band))))
  const left = make('div', 'left')
  left.append(all)
  const grid = make('div', `card ${data.size || ''}`)
  grid.append(left)
  if (!data.size) {
    left.append(words(card))
    grid.append(mask(card), panel(card))
  }
  root.replaceChildren(grid)
  give_back()
}

/** @type {View<NextCard>} */
export default view({
  begin: (/** @type {Card} */ card) => walk(card.root, (_, by) => ask_at(card, card.selected + by, true)),
  update: (card, data) => {
    if (card.data?.id !== data.id) card.selected = Math.min(FIRST, data.words.length - 1)
    card.data = data
    draw(card)
  },
  resize: draw,
})
