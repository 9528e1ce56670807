// The teacher's notes in a window of their own. They follow the window in which the lesson is shown.
import { find_all, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { follow_lesson } from './kept.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors Notes in frame/lesson/notes.py.
 * @typedef {object} Notes
 * @property {string} slug
 * @property {string} title
 * @property {number} now
 * @property {Note[]} notes
 */

/**
 * Mirrors Note in frame/lesson/notes.py.
 * @typedef {object} Note
 * @property {string} name
 * @property {string} says
 * @property {string} do
 * @property {string} ask
 * @property {string} expect
 * @property {string} beware
 */

/** @typedef {Part<Notes> & { stop?: () => void }} Pad */

/**
 * @param {Pad} part
 * @param {number} now
 */
function mark(part, now) {
  find_all(part.root, 'section').forEach((node, i) => {
    node.classList.toggle('now', i === now)
    if (i === now) set(node, { 'aria-current': 'step' })
    else node.removeAttribute('aria-current')
    if (i === now) node.scrollIntoView?.({ block: 'center' })
  })
}

/**
 * @param {Note} note
 * @param {number} i
 */
function section(note, i) {
  const node = make('section')
  node.append(make('h2', '', `${i + 1}  ${note.name}`), make('p', '', note.says))
  for (const [head, text] of [
    ['Do', note.do],
    ['Ask', note.ask],
    ['Expect', note.expect],
    ['Beware', note.beware],
  ]) {
    if (!text) continue
    const line = make('p')
    line.append(make('b', '', `${head}: `), text)
    node.append(line)
  }
  return node
}

/** @type {View<Notes>} */
export default view({
  update: (/** @type {Pad} */ part, data) => {
    const told = 'This window follows the one in which the lesson is shown, on the same computer.'
    part.root.replaceChildren(make('h1', '', data.title), make('p', 'quiet', told), ...data.notes.map(section))
    part.stop?.()
    part.stop = follow_lesson(data.slug, now => mark(part, now))
    mark(part, data.now)
  },
  end: (/** @type {Pad} */ part) => part.stop?.(),
})
