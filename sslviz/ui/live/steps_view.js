// One training step in slow motion: six numbered callouts, the active one in ink, the earlier ones filled.
import { ARROWS, focused, heading, make, set } from './shared.js'
import { view } from './view.js'

/** @import { Part, View } from './view.js' */

/**
 * What Python sends; mirrors SlowMotion in frame/views.py.
 * @typedef {object} SlowMotion
 * @property {Phase[]} phases
 * @property {number} active
 * @property {boolean} playing
 */

/**
 * Mirrors Phase in frame/views.py.
 * @typedef {object} Phase
 * @property {string} name
 * @property {string} text
 * @property {[string, string][]} numbers
 */

/** @type {Record<string, string>} */
const NAMES = {
  draw: 'Draw',
  change: 'Change',
  forward: 'Forward',
  loss: 'Loss',
  gradient: 'Gradient',
  update: 'Update',
}

/** @param {Phase} phase */
const name_of = phase => NAMES[phase.name] ?? phase.name

/**
 * @param {Part<SlowMotion>} part
 * @param {number} index
 */
function go(part, index) {
  if (index >= 0 && index < part.data.phases.length) part.send({ kind: 'go', index })
}

/**
 * @param {Part<SlowMotion>} part
 * @param {number} i
 */
function button(part, i) {
  const phase = /** @type {Phase} */ (part.data.phases[i])
  const node = make('button', '', '', { type: 'button', onclick: () => go(part, i) })
  const title = make('span', 'title')
  title.append(make('b', '', i + 1), name_of(phase))
  node.append(title)
  if (i === part.data.active) set(node, { 'aria-current': 'step' })
  node.onkeydown = event => {
    const by = ARROWS[event.key]
    if (!by) return
    event.preventDefault()
    go(part, i + by)
  }
  return node
}

/** @param {Phase} phase */
function numbers(phase) {
  const list = make('dl')
  for (const [name, value] of phase.numbers) {
    const pair = make('div')
    pair.append(make('dt', '', name), make('dd', '', value))
    list.append(pair)
  }
  return list
}

/** @type {View<SlowMotion>} */
export default view({
  update: (/** @type {Part<SlowMotion>} */ part, data) => {
    part.data = data
    const held = focused(part.root)
    const { active, phases } = data
    const list = make('ol')
    phases.forEach((phase, i) => {
      const item = make('li', i < active ? 'done' : '')
      if (i === active) item.className = 'active'
      item.append(button(part, i))
      if (i <= active) item.append(make('p', '', phase.text), numbers(phase)) // what is to come has no numbers yet
      list.append(item)
    })
    const now = phases[active]
    const said = now ? `${active + 1}, ${name_of(now)}: ${now.text}` : ''
    const hint = data.playing ? 'playing; click a phase to stop there' : 'click a phase, or use the arrow keys'
    const status = make('p', 'said-only', said, { role: 'status' })
    part.root.replaceChildren(heading('One training step, slowly', hint), list, status)
    if (held) list.children[active]?.querySelector('button')?.focus({ preventScroll: true })
  },
})
