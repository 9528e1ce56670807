// Loss over steps. Dashed lines are what simple answers cost; the shaded gap is what was learned beyond guessing.
import { name_places, nearest, range, round_step } from './loss/scale.js'
import { draw_svg, heading, make, set } from './shared.js'
import { view } from './view.js'

/** @import { LossLine, Point } from './loss/scale.js' */
/** @import { Part, View } from './view.js' */

/**
 * What Python sends; mirrors LossPlot in frame/views.py.
 * @typedef {object} LossPlot
 * @property {string} run  which one
 * @property {[number, number][]} curve  step and loss of training batches
 * @property {[number, number][]} held  the same of held-out samples
 * @property {number} budget  steps
 * @property {LossLine[]} baselines
 * @property {number} height  px
 * @property {string} unit
 * @property {string} mode
 * @property {string} empty  what is said before the first point
 */

/**
 * What the view remembers.
 * @typedef {Part<LossPlot> & Nodes & Scales} Plot
 */

/**
 * @typedef {object} Nodes
 * @property {HTMLElement} title
 * @property {HTMLElement} legend
 * @property {HTMLElement} said
 * @property {SVGSVGElement} svg
 * @property {SVGElement} cross
 * @property {SVGElement} dot
 * @property {SVGElement} read
 */

/**
 * @typedef {object} Scales
 * @property {number | null} at  the point that is read; null: the last one
 * @property {number} w  px
 * @property {(step: number) => number} x
 * @property {(loss: number) => number} y
 * @property {number} cut_to  px across where the remark on the first losses ends; 0: there is none
 * @property {[number, number][]} names  px down, and px across from where on the name of a line stands
 */

const EDGE = { left: 44, right: 12, top: 10, bottom: 36 } // px
const BESIDE = [-10, 20, -26, 34, -42, 50, -58, 66] // px from the dot at which its number may stand, the best first
const LETTER = 7.2 // px, of a name
const SMALL = 150 // px of height, below which the unit has no room beside the axis, and names are smaller

/**
 * @param {number} value
 * @param {LossPlot} data
 */
const number = (value, data) => value.toFixed(data.unit === 'squared error' ? 3 : 2)

/** @param {number} step */
const count = step => step.toLocaleString('en')

/** @param {Plot} plot */
function draw(plot) {
  const { data, svg } = plot
  const w = svg.clientWidth || 400
  const h = data.height
  const scale = range(data)
  const last = data.curve.length - 1
  Object.assign(plot, {
    w,
    x: (/** @type {number} */ step) => EDGE.left + ((w - EDGE.left - EDGE.right) * step) / data.budget,
    y: (/** @type {number} */ loss) =>
      EDGE.top + ((h - EDGE.top - EDGE.bottom) * (scale.top - Math.min(loss, scale.top))) / (scale.top - scale.bottom),
  })
  svg.style.height = `${h}px`
  svg.classList.toggle('small', h < SMALL)
  set(svg, { viewBox: `0 0 ${w} ${h}` }).replaceChildren()
  axes(plot, scale)
  if (last > 0 && scale.chance) below(plot, scale.chance)
  plot.cut_to = 0
  const names = lines(plot, scale)
  const [step, loss] = data.curve[last] ?? [0, 0]
  const said = `Loss ${number(loss, data)} at step ${step}. ${names.join('. ')}. Arrow keys read any step.`
  set(svg, { 'aria-label': last < 0 ? data.empty : said })
  if (last < 0) {
    draw_svg(svg, 'text', { class: 'empty', x: middle(plot), y: h / 2, 'text-anchor': 'middle' }, data.empty)
    return
  }
  plot.cross = draw_svg(svg, 'line', { class: 'cross', y1: EDGE.top, y2: h - EDGE.bottom })
  plot.dot = draw_svg(svg, 'circle', { class: 'now', r: 4.5 })
  plot.read = draw_svg(svg, 'text', { class: 'read' })
  read(plot, plot.at === null ? last : Math.min(plot.at, last))
}

/** @param {Plot} plot */
const middle = plot => (EDGE.left + plot.w - EDGE.right) / 2

/**
 * @param {Plot} plot
 * @param {ReturnType<typeof range>} scale
 */
function axes(plot, { bottom, top }) {
  const { data, svg, w, x, y } = plot
  const h = data.height
  const every = round_step(top - bottom, 4)
  for (let v = Math.ceil(bottom / every) * every; v <= top; v += every) {
    draw_svg(svg, 'line', { class: 'axis', x1: EDGE.left, x2: w - EDGE.right, y1: y(v), y2: y(v) })
    draw_svg(svg, 'text', { x: EDGE.left - 7, y: y(v) + 4, 'text-anchor': 'end' }, +v.toFixed(2))
  }
  /** @type {[number, string][]} */
  const ticks = [
    [0, 'start'],
    [0.5, 'middle'],
    [1, 'end'],
  ]
  for (const [share, anchor] of ticks) {
    const step = share * data.budget
    draw_svg(svg, 'text', { x: x(step), y: h - 21, 'text-anchor': anchor }, count(Math.round(step)))
  }
  draw_svg(svg, 'text', { x: middle(plot), y: h - 5, 'text-anchor': 'middle' }, 'training steps')
  const turned = `translate(11 ${(EDGE.top + h - EDGE.bottom) / 2}) rotate(-90)`
  draw_svg(svg, 'text', { transform: turned, 'text-anchor': 'middle' }, h < SMALL ? 'loss' : `loss (${data.unit})`)
}

/**
 * Shade what was learned beyond guessing.
 * @param {Plot} plot
 * @param {LossLine} chance
 */
function below({ svg, x, y, data: { curve } }, chance) {
  const level = y(chance.value)
  const line = curve.map(([step, loss]) => `${x(step)},${Math.max(y(loss), level)}`).join(' ')
  const [first, last] = [x(Number(curve[0]?.[0])), x(Number(curve[curve.length - 1]?.[0]))]
  draw_svg(svg, 'polygon', { class: 'below', points: `${first},${level} ${line} ${last},${level}` })
}

/**
 * Draw what simple answers cost, both curves, and the names; return the names.
 * @param {Plot} plot
 * @param {ReturnType<typeof range>} scale
 */
function lines(plot, { bottom, top, most, cut }) {
  const { data, svg, w, x, y } = plot
  const points = (/** @type {Point[]} */ some) => some.map(([step, loss]) => `${x(step)},${y(loss)}`).join(' ')
  const shown = data.baselines.filter(b => b.value >= bottom && b.value <= top)
  for (const { kind, value } of shown) {
    draw_svg(svg, 'line', { class: `base ${kind}`, x1: EDGE.left, x2: w - EDGE.right, y1: y(value), y2: y(value) })
  }
  if (data.curve.length) draw_svg(svg, 'polyline', { class: 'curve', points: points(data.curve) })
  if (data.held.length) {
    draw_svg(svg, 'polyline', { class: 'held', points: points(data.held) })
    for (const [step, loss] of data.held) draw_svg(svg, 'circle', { class: 'held', cx: x(step), cy: y(loss), r: 2.7 })
  }
  if (cut) {
    const text = `↑ up to ${number(most, data)} at first`
    draw_svg(svg, 'text', { class: 'name', x: EDGE.left + 8, y: EDGE.top + 11 }, text)
    plot.cut_to = EDGE.left + 8 + LETTER * text.length
  }
  const names = shown.map(b => (b.name.includes('=') ? b.name : `${b.name} = ${number(b.value, data)}`))
  const levels = shown.map(b => y(b.value))
  const begins = names.map(name => w - EDGE.right - LETTER * name.length)
  const curves = begins.map(from => behind(plot, from))
  const rows = name_places(levels, EDGE.top + 8, data.height - EDGE.bottom, curves)
  plot.names = names.map((name, i) => {
    draw_svg(svg, 'text', { class: 'name', x: w - EDGE.right, y: Number(rows[i]), 'text-anchor': 'end' }, name)
    return [Number(rows[i]), Number(begins[i])]
  })
  return names
}

/**
 * How far up and down the curves reach on the right of a place, in px down.
 * @param {Plot} plot
 * @param {number} from  px across
 * @returns {[number, number]} above everything where no curve has come so far
 */
function behind({ data, x, y }, from) {
  const ys = [data.curve, data.held].flatMap(some => {
    const first = some.findIndex(([step]) => x(step) >= from)
    return first < 0 ? [] : some.slice(Math.max(0, first - 1)).map(([, loss]) => y(loss))
  })
  return [Math.min(...ys), Math.max(...ys)]
}

/**
 * Say what the loss was at a point of the curve.
 * @param {Plot} plot
 * @param {number} i
 */
function read(plot, i) {
  const { data, x, y, w } = plot
  const [step, value] = data.curve[i] ?? [0, 0]
  const last = i === data.curve.length - 1 && plot.at === null
  const near = x(step) > w - 150
  const beside = near ? -9 : 9
  set(plot.dot, { cx: x(step), cy: y(value) })
  set(plot.cross, { x1: x(step), x2: x(step), opacity: last ? 0 : 1 })
  // Above the dot, unless the name of a line stands there.
  const free = (/** @type {number} */ at) =>
    at > EDGE.top + 8 &&
    at < data.height - EDGE.bottom + 3 && // on the axis there is still room above its numbers
    !(x(step) + beside < plot.cut_to && at < EDGE.top + 11 + 14) &&
    !plot.names.some(([row, from]) => Math.abs(row - at) < 14 && x(step) + beside + (near ? 0 : 90) > from)
  const spot = BESIDE.map(by => y(value) + by).find(free) ?? y(value) - 10
  set(plot.read, { x: x(step) + beside, y: spot, 'text-anchor': near ? 'end' : 'start' })
  plot.read.textContent = last ? number(value, data) : `step ${count(step)}: ${number(value, data)}`
}

/**
 * Read a point of the curve; null: the last one, as long as nobody points at another.
 * @param {Plot} plot
 * @param {number | null} i
 */
function show(plot, i) {
  const { length } = plot.data.curve
  if (!length) return
  plot.at = i
  read(plot, i ?? length - 1)
}

/** @param {Plot} plot */
function begin(plot) {
  const { root } = plot
  const head = make('div', 'head')
  Object.assign(plot, { at: null, title: make('h2'), legend: make('div', 'legend') })
  plot.said = make('span', 'said-only', '', { role: 'status' })
  plot.svg = draw_svg(root, 'svg', { role: 'img', tabindex: 0 })
  head.append(plot.title, plot.legend)
  root.prepend(head)
  root.append(plot.said)
  root.addEventListener('look', event => {
    const { run, curve, held, budget, mode } = /** @type {CustomEvent} */ (event).detail
    if (plot.data?.run === run) show_data(plot, { ...plot.data, curve, held, budget, mode: plot.data.mode && mode })
  })
  plot.svg.addEventListener('pointermove', event => {
    const across = event.clientX - plot.svg.getBoundingClientRect().left - EDGE.left
    show(plot, nearest(plot.data.curve, (across / (plot.w - EDGE.left - EDGE.right)) * plot.data.budget))
  })
  for (const gone of ['pointerleave', 'blur']) plot.svg.addEventListener(gone, () => show(plot, null))
  plot.svg.addEventListener('keydown', event => {
    const last = plot.data.curve.length - 1
    const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -last, End: last }[event.key]
    if (!by || last < 0) return
    event.preventDefault()
    show(plot, Math.max(0, Math.min(last, (plot.at ?? last) + by)))
    plot.said.textContent = plot.read.textContent
  })
}

/**
 * A sign of the legend.
 * @param {string} text
 * @param {boolean} dotted
 */
function sign(text, dotted) {
  const kind = dotted ? 'held' : 'curve'
  const item = make('span', 'item')
  const svg = draw_svg(item, 'svg', { width: 22, height: 12, 'aria-hidden': true })
  draw_svg(svg, 'line', { class: kind, x1: 1, x2: 21, y1: 6, y2: 6 })
  if (dotted) draw_svg(svg, 'circle', { class: kind, cx: 11, cy: 6, r: 2.7 })
  item.append(text)
  return item
}

/**
 * @param {Plot} plot
 * @param {LossPlot} data
 */
function show_data(plot, data) {
  const { data: before } = plot
  plot.data = data
  if (before?.mode !== data.mode || !before.held.length !== !data.held.length || before.baselines !== data.baselines) {
    const about = data.baselines.length ? 'shaded: learned beyond guessing' : ''
    plot.title.replaceChildren(...heading('Loss', about, data.mode).childNodes)
    plot.legend.replaceChildren(sign('training batches', false))
    if (data.held.length) plot.legend.append(sign('held-out', true))
  }
  draw(plot)
}

/** @type {View<LossPlot>} */
export default view({
  begin,
  update: show_data,
  resize: plot => {
    if (plot.data) draw(plot)
  },
})
