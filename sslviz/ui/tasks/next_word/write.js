// A text that the model writes, and the candidates for its coming word: before and after temperature and top-k.
import { heading, make } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { track } from '../../live/words.js'

/** @import { Mode } from '../../live/shared.js' */
/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors WriteOn in tasks/next_word/write.py.
 * @typedef {object} WriteOn
 * @property {string[]} begins  the visitor's words
 * @property {boolean[]} known
 * @property {[string, number, number][]} written  word, its share before and after temperature and top-k
 * @property {Coming | null} coming
 * @property {string} over  why nothing follows
 * @property {Mode} model
 */

/**
 * Mirrors Coming in tasks/next_word/write.py.
 * @typedef {object} Coming
 * @property {[string, number, number, boolean][]} rows  word, share before and after, whether it was cut
 * @property {[number, number, number]} more  how many others stay in, their share before and after
 * @property {[number, number]} cut  how many others were cut, their share before
 */

/** @typedef {Part<WriteOn> & { count?: number }} Text */

/** @param {number} p */
export const share = p => (p > 0 && p < 0.01 ? '<1%' : `${Math.round(100 * p)}%`)

/**
 * @param {WriteOn} data
 * @param {number} fresh  number of the first word that was only just written
 */
function text(data, fresh) {
  const line = make('p', 'text', '', { role: 'status' })
  line.append(make('span', 'mark', '⟨begin⟩'))
  data.begins.forEach((word, i) => line.append(' ', make('span', data.known[i] ? '' : 'unknown', word)))
  data.written.forEach(([word, before, after], i) => {
    const pill = make('span', `wrote${i >= fresh ? ' fresh' : ''}`)
    pill.title = `the model gave it ${share(before)}; it was drawn with ${share(after)}`
    pill.append(make('b', '', word), ' ', make('small', '', share(after)))
    line.append(' ', pill)
  })
  if (data.coming) line.append(' ', make('span', 'next', '?'))
  return line
}

/**
 * @param {string} kind
 * @param {number} p
 * @param {number} most
 */
function bar(kind, p, most) {
  const node = make('i', `bar ${kind}`)
  node.style.width = `${(100 * p) / most}%`
  return node
}

/**
 * @param {Coming['rows'][number]} candidate
 * @param {HTMLElement} middle  what stands between name and numbers
 */
function candidate([name, before, after, cut], middle) {
  const node = make('li', cut ? 'cut' : '')
  const drawn = make('span', cut ? 'quiet' : 'guess', cut ? '✕ cut' : share(after))
  node.append(make('span', 'name', name, { title: name }), middle, make('span', 'quiet', share(before)), drawn)
  return node
}

/**
 * Many words together: numbers only, the bars are for single words.
 * @param {Coming['rows'][number]} candidates
 */
function sum(candidates) {
  const node = candidate(candidates, make('span', 'track', candidates[3] ? 'cut off by top-k' : 'stay in'))
  node.classList.add('sum')
  return node
}

/** @param {Coming} coming */
function list({ rows, more, cut }) {
  const all = make('ol')
  const most = Math.max(...rows.flatMap(([, before, after]) => [before, after]))
  const head = make('li', 'head')
  head.append(...['word', '', 'model’s p', 'drawn with'].map(name => make('span', '', name)))
  all.append(head)
  for (const one of rows) {
    const [, before, after, gone] = one
    const bars = [bar('before', before, most), ...(gone ? [] : [bar('after', after, most)])]
    all.append(candidate(one, track(...bars)))
  }
  const count = (/** @type {number} */ n) => n.toLocaleString('en')
  if (more[0]) all.append(sum([`${count(more[0])} more`, more[1], more[2], false]))
  const others = rows.some(([, , , gone]) => gone) ? 'more' : 'others'
  if (cut[0]) all.append(sum([`${count(cut[0])} ${others}`, cut[1], 0, true]))
  return all
}

/** @type {View<WriteOn>} */
export default view({
  update: (/** @type {Text} */ part, data) => {
    part.data = data
    const node = make('div', 'write')
    const note = (/** @type {string} */ told) => node.append(make('p', 'note', told))
    node.append(text(data, part.count ?? data.written.length))
    if (data.written.length) note('Orange: written by the model, with the probability that each word was drawn with.')
    if (data.known.includes(false)) note('Dotted: not in the vocabulary, so the model sees [UNK].')
    if (data.over) node.append(make('p', 'over', data.over))
    if (data.coming) {
      const hint = 'outlined: as the model has it · filled: after temperature and top-k'
      node.append(heading('The coming word', hint, data.model), list(data.coming))
    }
    part.root.replaceChildren(node)
    part.count = data.written.length
  },
})
