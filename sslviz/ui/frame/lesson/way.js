// The way through the course: eight lessons, each with what it is for and how far one is. The browser knows how far.
import { heading, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'
import { kept } from './kept.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors Way in frame/lesson/way.py.
 * @typedef {object} Way
 * @property {Stop[]} stops
 * @property {Stop[]} more  beside the course
 */

/**
 * Mirrors Stop in frame/lesson/way.py.
 * @typedef {object} Stop
 * @property {string} slug
 * @property {string} title
 * @property {string} goal
 * @property {number} minutes
 * @property {number} scenes
 * @property {number} done
 */

/**
 * How many scenes of a lesson are done.
 * @param {Stop} stop
 */
const done_of = stop => Math.min(stop.scenes, Math.max(stop.done, kept(stop.slug).length))

/**
 * @param {Part<Way>} part
 * @param {Stop} stop
 * @param {number | ''} number  its place in the course
 * @param {boolean} next  whether it is the one to go on with
 */
function tile(part, stop, number, next) {
  const done = done_of(stop)
  const whole = done === stop.scenes && done > 0
  const item = make('li', `${whole ? 'whole' : ''}${next ? ' next' : ''}`)
  const link = make('a', '', '', { href: `${stop.slug}?view=lesson` })
  link.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    part.send({ slug: stop.slug })
  }
  const track = set(make('span', 'track'), { role: 'img', 'aria-label': `${done} of ${stop.scenes} scenes done` })
  const bar = make('i')
  bar.style.width = `${stop.scenes ? (100 * done) / stop.scenes : 0}%`
  track.append(bar)
  const head = make('span', 'head')
  head.append(make('b', '', whole ? '✓' : number), make('span', 'title', stop.title))
  const how = next ? (done ? 'go on here' : 'begin here') : `${stop.minutes} minutes`
  link.append(head, make('span', 'goal', stop.goal), make('span', 'quiet', how), track)
  item.append(link)
  return item
}

/** @type {View<Way>} */
export default view({
  update: (/** @type {Part<Way>} */ part, data) => {
    part.data = data
    const open = data.stops.findIndex(stop => done_of(stop) < stop.scenes)
    const [list, more] = [make('ol'), make('ul')]
    list.append(...data.stops.map((stop, i) => tile(part, stop, i + 1, i === open)))
    more.append(...data.more.map(stop => tile(part, stop, '', false)))
    const hint = 'eight lessons of a few minutes; what you have done stays in this browser'
    const beside = heading('More lessons', 'one for each task that the way leaves out, in any order')
    part.root.replaceChildren(heading('The way', hint), list, beside, more)
  },
})
