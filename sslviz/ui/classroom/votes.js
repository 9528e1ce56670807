// The votes of a room on the projector. Before the answer is shown it says how many have voted, and nothing else.
import { make, percent, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors Votes in classroom/votes.py.
 * @typedef {object} Votes
 * @property {string} text
 * @property {string[]} choices
 * @property {number} voted
 * @property {number} inside
 * @property {boolean} shown
 * @property {number[]} counts
 * @property {number | null} truth
 * @property {number | null} model
 * @property {number[]} shares
 * @property {string} by
 * @property {string} sums
 * @property {Placed[]} board
 * @property {string} code
 * @property {string} address
 * @property {string} qr
 */

/**
 * Mirrors Placed in classroom/votes.py.
 * @typedef {object} Placed
 * @property {string} name
 * @property {number} right
 */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWX'
const MANY = 6 // answers; of more only those are shown in the end that somebody gave, and at most FEW
const FEW = 5
const LONG = 9 // letters of an answer, from which on its name gets more room than its bar

/** @param {Votes} data */
function open(data) {
  const node = make('div', 'open')
  const list = make('ol', data.choices.length > MANY ? 'many' : '', '', { translate: false })
  data.choices.forEach((choice, i) => {
    const item = make('li')
    if (data.choices.length <= MANY) item.append(make('kbd', '', LETTERS[i] ?? i + 1))
    if (choice !== LETTERS[i]) item.append(make('span', '', choice))
    list.append(item)
  })
  const side = set(make('aside'), { 'aria-label': 'How to come in' })
  const image = make('img', '', '', { src: data.qr, alt: `QR code of ${data.address}/class` })
  side.append(image, make('p', 'code', data.code, { translate: false }))
  node.append(list, side)
  return node
}

/**
 * The answers that are shown in the end: all, or, of many, the right one, the model's, and what the class said most.
 * @param {Pick<Votes, 'choices' | 'counts' | 'truth' | 'model'>} data
 */
export function rows_of({ choices, counts, truth, model }) {
  const every = choices.map((_, i) => i)
  if (every.length <= MANY) return every
  const first = every.filter(i => i === truth || i === model)
  const said = every.filter(i => !first.includes(i) && counts[i]).sort((a, b) => Number(counts[b]) - Number(counts[a]))
  return [...first, ...said].slice(0, FEW).sort((a, b) => a - b)
}

/**
 * @param {Votes} data
 * @param {string} kind
 * @param {number[]} shares
 */
function bars(data, kind, shares) {
  const list = make('ol', kind, '', { translate: false })
  for (const i of rows_of(data)) {
    const choice = data.choices[i]
    const share = shares[i] ?? 0
    const item = make('li', `row${i === data.truth ? ' right' : ''}${share ? '' : ' none'}`)
    const track = make('span', 'track')
    const bar = make('i')
    bar.style.width = `${100 * share}%`
    track.append(bar)
    item.append(make('span', 'name', `${choice}${i === data.truth ? ' ✓' : ''}`), track, make('b', '', percent(share)))
    list.append(item)
  }
  return list
}

/**
 * @param {string} title
 * @param {string} small
 */
function head(title, small) {
  const node = make('h2', '', title)
  node.append(make('small', '', small))
  return node
}

/** @param {Votes} data */
function shown(data) {
  const board = data.board.length > 0
  const many = data.choices.length > MANY
  const long = data.choices.some(choice => choice.length > LONG)
  const shares = data.model !== null && data.shares.length > 0
  const form = [board && 'three', many && 'many', long && 'long', !shares && (data.model === null ? 'alone' : 'brief')]
  const node = make('div', ['cols', ...form.filter(Boolean)].join(' '))
  const all = Math.max(
    1,
    data.counts.reduce((a, b) => a + b, 0),
  )
  const ours = make('section')
  ours.append(
    head('The class', `${data.voted} vote${data.voted === 1 ? '' : 's'}`),
    bars(
      data,
      'of_class',
      data.counts.map(n => n / all),
    ),
  )
  const theirs = make('section')
  theirs.append(head('The model', data.by))
  if (shares) theirs.append(bars(data, 'of_model', data.shares))
  else if (data.model !== null) {
    const right = data.model === data.truth
    theirs.append(make('p', 'picks', `${data.choices[data.model]} ${right ? '✓' : '✕'}`))
  }
  node.append(ours, ...(data.model === null ? [] : [theirs]))
  if (board) {
    const list = make('ol', '', '', { translate: false })
    for (const { name, right } of data.board) {
      const item = make('li', '', name)
      item.append(make('b', '', right))
      list.append(item)
    }
    const best = make('section', 'board')
    best.append(head('The best', ''), list)
    node.append(best)
  }
  return node
}

/** @type {View<Votes>} */
export default view({
  update: (/** @type {Part<Votes>} */ part, data) => {
    part.data = data
    const ask = make('p', 'ask', `${data.text} `)
    if (!data.shown) {
      const count = make('span', 'quiet', `${data.voted} of ${data.inside} have voted`)
      ask.append(set(count, { role: 'status' }))
    }
    const sums = make('p', 'sums', data.sums, { role: 'status' })
    part.root.replaceChildren(ask, data.shown ? shown(data) : open(data), ...(data.shown ? [sums] : []))
  },
})
