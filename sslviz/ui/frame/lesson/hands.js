// A guess before a class. Keys A to D, or 1 to 4, count a hand; with Shift they take one back. R shows the answer.
import { make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { taken } from './keys.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors Hands in frame/lesson/hands.py.
 * @typedef {object} Hands
 * @property {string} id
 * @property {string} text
 * @property {string[]} choices
 * @property {number[]} hands
 * @property {boolean} shown
 * @property {string | null} truth
 * @property {string | null} model
 * @property {string} sums
 */

/** @typedef {Part<Hands> & { counted: number[], key: (event: KeyboardEvent) => void }} Raised */

const LETTERS = 'abcdefgh'

/**
 * Which choice a key counts for, and by how many; null where it counts for none.
 * @param {KeyboardEvent} event
 * @param {number} choices
 * @returns {[number, number] | null}
 */
export function counts(event, choices) {
  const digit = /^Digit([1-8])$/.exec(event.code)
  const at = digit ? Number(digit[1]) - 1 : LETTERS.indexOf(event.key.toLowerCase())
  const fits = event.key.length === 1 && at >= 0 && at < choices && event.key.toLowerCase() !== 'b'
  return fits || (digit && at < choices) ? [at, event.shiftKey ? -1 : 1] : null
}

/**
 * @param {Raised} part
 * @param {number} i
 * @param {number} by
 */
function count(part, i, by) {
  part.counted = part.counted.map((n, at) => (at === i ? Math.max(0, n + by) : n))
  draw(part)
  part.send({ hands: part.counted })
}

/** @param {Raised} part */
function draw(part) {
  const { data, counted } = part
  const most = Math.max(1, ...counted)
  const all = counted.reduce((a, b) => a + b, 0)
  const head = make('p', 'ask', `${data.text} `)
  head.append(make('span', 'quiet', all ? `${all} hands` : `keys 1 to ${data.choices.length} count raised hands`))
  const list = make('div', 'choices', '', { translate: false })
  data.choices.forEach((choice, i) => {
    const right = data.shown && choice === data.truth
    const row = make('button', `choice${right ? ' right' : ''}`, '', { type: 'button' })
    row.onclick = event => count(part, i, event.shiftKey ? -1 : 1)
    set(row, { 'aria-label': `${choice}: ${counted[i]} hands. Count one more` })
    const track = make('span', 'track')
    const bar = make('i', 'bar')
    bar.style.width = `${(100 * Number(counted[i])) / most}%`
    track.append(bar)
    const name = make('span', 'name', `${choice}${right ? ' ✓' : ''}`)
    if (data.shown && choice === data.model) name.append(make('span', 'model', right ? 'model ✓' : 'model ✕'))
    row.append(make('kbd', '', i + 1), name, track, make('b', '', counted[i]))
    list.append(row)
  })
  const sums = make('p', 'sums', data.sums, { role: 'status' })
  part.root.replaceChildren(head, list, sums)
}

/** @type {View<Hands>} */
export default view({
  begin: (/** @type {Raised} */ part) => {
    part.key = event => {
      const found = taken(event) ? null : counts(event, part.data.choices.length)
      if (found) count(part, ...found)
    }
    document.addEventListener('keydown', part.key)
  },
  update: (/** @type {Raised} */ part, data) => {
    if (part.data?.id !== data.id) part.counted = [...data.hands]
    part.data = data
    draw(part)
  },
  end: (/** @type {Raised} */ part) => document.removeEventListener('keydown', part.key),
})
