// The rail of a lesson: its scenes, ticked when they are done. Besides, the keys of a lesson, and what the browser keeps.
import { find, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { listen } from './keys.js'
import { kept, keep, tell_notes } from './kept.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors Rail in frame/lesson/rail.py.
 * @typedef {object} Rail
 * @property {string} slug
 * @property {string[]} names
 * @property {number} now
 * @property {number[]} done
 * @property {string} view  lesson, lab or present
 */

/** @typedef {Part<Rail> & { asked?: string, shown?: number }} Rails */

/** @param {Rails} part */
function draw(part) {
  const { names, now, done } = part.data
  const list = make('ol')
  names.forEach((name, i) => {
    const ticked = done.includes(i)
    const item = make('li', `${i === now ? 'now' : ''}${ticked ? ' done' : ''}`)
    const button = make('button', '', '', { type: 'button', onclick: () => part.send({ kind: 'go', scene: i }) })
    button.append(make('b', '', ticked ? '✓' : i + 1), make('span', '', name))
    if (i === now) set(button, { 'aria-current': 'step' })
    set(button, { 'aria-label': `${i + 1}: ${name}${ticked ? ', done' : ''}` })
    item.append(button)
    list.append(item)
  })
  const node = set(make('nav'), { 'aria-label': 'Scenes of this lesson' })
  node.append(list)
  part.root.replaceChildren(...(part.data.view === 'lesson' ? [node] : []))
}

/** @type {View<Rail>} */
export default view({
  begin: listen,
  update: (/** @type {Rails} */ part, data) => {
    part.data = data
    tell_notes(data.slug, data.now)
    if (data.view === 'lab') return
    draw(part)
    if (part.shown !== undefined && part.shown !== data.now) find(document, '[data-testid=stMain]')?.scrollTo(0, 0)
    part.shown = data.now
    const before = kept(data.slug).filter(i => i < data.names.length)
    const missing = before.filter(i => !data.done.includes(i))
    if (part.asked !== data.slug && missing.length) part.send({ kind: 'kept', done: before })
    else keep(data.slug, data.done)
    part.asked = data.slug
  },
})
