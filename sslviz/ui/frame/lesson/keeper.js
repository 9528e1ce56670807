// What this browser has kept of the lessons, for a page that saves it or brings it in. It draws nothing.
import { view } from '../../live/view.js'
import { all_kept, forget, keep, kept } from './kept.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors LessonsKept in frame/lesson/keeper.py.
 * @typedef {object} LessonsKept
 * @property {LessonDone[]} lessons
 * @property {boolean} forget
 */

/**
 * Mirrors LessonDone in frame/lesson/keeper.py.
 * @typedef {object} LessonDone
 * @property {string} slug
 * @property {number[]} done
 */

const MOST = 20 // scenes of a lesson, as in keeper.py

/**
 * What the browser knows and Python does not.
 * @param {LessonsKept} data
 * @returns {LessonDone[]}
 */
export function unknown(data) {
  const known = new Map(data.lessons.map(one => [one.slug, one.done]))
  const here = Object.keys(all_kept()).map(slug => ({ slug, done: kept(slug).filter(i => i < MOST) }))
  return here.filter(({ slug, done }) => done.some(i => !known.get(slug)?.includes(i)))
}

/** @type {View<LessonsKept>} */
export default view({
  update: (/** @type {Part<LessonsKept> & { told?: string }} */ part, data) => {
    if (data.forget) {
      forget()
      part.send({ kind: 'forgot' })
    }
    const lessons = unknown(data)
    for (const { slug, done } of data.lessons) keep(slug, done)
    const told = JSON.stringify(lessons)
    if (lessons.length && told !== part.told) part.send({ kind: 'kept', lessons })
    part.told = told // what Python does not take is told once
  },
})
