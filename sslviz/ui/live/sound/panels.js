// What is behind one step: the codes it must be told from, sounds with the same code, and how often each entry is used.
import { heading, make, set } from '../shared.js'
import { colour, with_code } from './codes.js'
import { player } from './player.js'

/** @import { Sound } from './player.js' */

/**
 * Mirrors AskedPanel in frame/sound_view.py.
 * @typedef {object} AskedPanel
 * @property {string} title
 * @property {string} hint
 * @property {Candidate[]} rows
 * @property {string} note
 */

/**
 * Mirrors Candidate in frame/sound_view.py.
 * @typedef {object} Candidate
 * @property {number[]} code
 * @property {string} from
 * @property {string} kind
 * @property {number} p
 * @property {string} text
 * @property {boolean} picked
 * @property {boolean} gone  it has the true code, too
 */

/**
 * Mirrors BehindPanel in frame/sound_view.py.
 * @typedef {object} BehindPanel
 * @property {string} title
 * @property {string} hint
 * @property {number[]} code
 * @property {Sound[]} sounds
 * @property {string} note
 */

/**
 * Mirrors UsagePanel in frame/sound_view.py.
 * @typedef {object} UsagePanel
 * @property {string} title
 * @property {string} hint
 * @property {number[][]} groups  share of each entry
 * @property {string[]} names  of the groups
 * @property {string} one  what an entry is called
 * @property {string} note
 */

const SAY = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** @param {{ title: string, hint: string }} about */
function panel({ title, hint }) {
  const node = make('section', 'panel')
  node.append(heading(title, hint))
  return node
}

/** @param {AskedPanel} asked */
export function candidates(asked) {
  const node = panel(asked)
  const rows = make('div', 'rows')
  rows.append(...asked.rows.map(candidate))
  node.append(rows)
  if (asked.note) node.append(make('p', 'note', asked.note))
  return node
}

/** @param {Candidate} one */
function candidate(one) {
  const line = make('div', `row${one.gone ? ' gone' : ''}`)
  const [track, bar] = [make('div', 'track'), make('i', one.kind)]
  const target = one.kind === 'target'
  bar.style.width = `${100 * one.p}%`
  track.append(bar)
  const code = with_code(make('span', `chip ${target ? 'target' : 'other'} small`), one.code)
  line.append(make('span', target ? 'label' : 'quiet', one.from), code, track)
  line.append(make('b', one.picked ? 'guess' : '', one.text))
  return line
}

/** @param {BehindPanel} about */
export function behind(about) {
  const node = panel(about)
  node.append(with_code(make('span', 'chip target small'), about.code), ...about.sounds.map(one => player(one)))
  if (about.note) node.append(make('p', 'note', about.note))
  return node
}

/** @param {UsagePanel} about */
export function usage(about) {
  const node = panel(about)
  about.groups.forEach((shares, group) => {
    const name = about.names[group] ?? ''
    node.append(make('small', 'quiet', name), chart(shares, name, about.one))
  })
  node.append(make('p', 'note', about.note))
  return node
}

/**
 * @param {number[]} shares
 * @param {string} name  of the group
 * @param {string} one  what an entry is called
 */
function chart(shares, name, one) {
  const node = make('div', 'chart')
  const top = Math.max(...shares, 2 / shares.length)
  const used = shares.filter(share => share > 0).length
  set(node, { role: 'img', 'aria-label': `${name}: ${used} are used` })
  node.style.setProperty('--n', `${shares.length}`)
  shares.forEach((share, entry) => {
    const bar = make('i', share > 0 ? 'code' : 'unused')
    bar.style.height = `${Math.max(3, (100 * share) / top)}%`
    bar.title = `${one} ${entry + 1}: ${SAY.format(100 * share)}% of the steps`
    if (share > 0) colour(bar, entry)
    node.append(bar)
  })
  const even = make('em', 'even')
  even.style.bottom = `${100 / shares.length / top}%`
  node.append(even)
  return node
}
