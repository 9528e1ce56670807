// Families across, kinds of data downwards. A glyph shows what is done: hatched hidden, blue asked for, grey given.
import { heading, make, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors TaskMap in home/views.py.
 * @typedef {object} TaskMap
 * @property {string[]} kinds
 * @property {Family[]} families
 */

/**
 * Mirrors Family in home/views.py.
 * @typedef {object} Family
 * @property {string} name
 * @property {string} idea
 * @property {MapTask[]} tasks
 */

/**
 * Mirrors MapTask in home/views.py.
 * @typedef {object} MapTask
 * @property {string} slug
 * @property {string} name
 * @property {string} kind
 * @property {string} systems
 * @property {string} glyph  nine of "h" hidden, "b" asked for, "o" given, "." nothing
 * @property {string | null} page  address; null: there is none yet
 * @property {string} label  what the pseudo-label is
 */

/** @type {Record<string, string>} */
const CELLS = { h: 'hidden', b: 'asked', o: 'given' }
const KEY = [
  ['hidden', 'hidden'],
  ['asked', 'asked for: the pseudo-label'],
  ['given', 'given'],
]

/** @param {string} cells */
function glyph(cells) {
  const node = set(make('span', 'glyph'), { 'aria-hidden': true })
  node.append(...[...cells].map(kind => make('i', CELLS[kind] ?? '')))
  return node
}

/**
 * @param {Part<TaskMap>} part
 * @param {MapTask} task
 * @param {string} family
 */
function tile(part, task, family) {
  const words = make('span')
  words.append(task.name, set(make('small', '', task.systems), { 'data-family': family }))
  if (task.label) {
    const label = make('small', 'asks', 'label: ')
    label.append(make('span', 'label', task.label))
    words.append(label)
  }
  if (!task.page) {
    words.append(make('small', 'later', 'to come'))
    const node = make('div', 'task')
    node.append(glyph(task.glyph), words)
    return node
  }
  const node = make('a', 'task', '', { href: task.page })
  node.append(glyph(task.glyph), words)
  // The address is for a new tab; a plain click stays in the session and asks Streamlit to switch the page.
  node.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    part.send({ slug: task.slug })
  }
  return node
}

/**
 * @param {Part<TaskMap>} part
 * @param {TaskMap} data
 */
function grid(part, { kinds, families }) {
  const node = make('div', 'map')
  node.style.setProperty('--n', `${families.length}`)
  node.append(make('span', 'corner'))
  for (const family of families) {
    const head = make('h3', 'family', family.name)
    head.append(make('small', '', family.idea))
    node.append(head)
  }
  for (const kind of kinds) {
    const row = make('div', 'row')
    row.append(make('h3', 'kind', kind))
    for (const family of families) {
      const tasks = family.tasks.filter(task => task.kind === kind)
      const spot = make('div', tasks.length ? 'spot' : 'spot empty')
      spot.append(...tasks.map(task => tile(part, task, family.name)))
      row.append(spot)
    }
    node.append(row)
  }
  return node
}

/** @type {View<TaskMap>} */
export default view({
  update: (/** @type {Part<TaskMap>} */ part, data) => {
    const key = make('p', 'note key')
    for (const [kind, words] of KEY) key.append(make('i', `cell ${kind}`), `${words} `)
    const hint = 'the same model on every page; only the pseudo-label differs'
    part.root.replaceChildren(heading('Map of tasks', hint), grid(part, data), key)
  },
})
