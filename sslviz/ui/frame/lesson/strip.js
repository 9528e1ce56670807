// What a model has answered on one sample, over time: each answer with how sure it was of the pseudo-label.
import { make, percent, set } from '../../live/shared.js'
import { view } from '../../live/view.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors SaidStrip in frame/lesson/learning.py.
 * @typedef {object} SaidStrip
 * @property {string} about
 * @property {SaidThen[]} answers
 * @property {string} size
 */

/**
 * Mirrors SaidThen in frame/lesson/learning.py.
 * @typedef {object} SaidThen
 * @property {number} step
 * @property {string} text
 * @property {boolean | null} right
 * @property {number | null} share
 */

/** @param {SaidThen} said */
function answer({ step, text, right, share }) {
  const sign = right === null ? '' : right ? '✓ ' : '✕ '
  const node = make('li', right === false ? 'off' : '')
  const chip = make('span', 'chip', '', { translate: false })
  chip.append(make('b', '', sign), make('span', right === false ? 'wrong' : '', text))
  const track = make('span', 'track')
  const bar = make('i')
  bar.style.width = `${100 * Math.max(0, Math.min(1, share ?? 0))}%`
  track.append(bar)
  if (share !== null) set(track, { title: `${percent(share)} for the pseudo-label` })
  node.append(make('span', 'step', `step ${step.toLocaleString('en')}`), chip)
  if (share !== null) node.append(track)
  return node
}

/** @type {View<SaidStrip>} */
export default view({
  update: (/** @type {Part<SaidStrip>} */ part, data) => {
    const list = set(make('ol'), { 'aria-label': data.about })
    list.append(...data.answers.map(answer))
    part.root.classList.toggle('present', data.size === 'present')
    part.root.replaceChildren(make('p', 'about', data.about), list)
  },
})
