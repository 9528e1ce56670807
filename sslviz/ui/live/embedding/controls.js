// What stands around the map, heading, legend and buttons; and what pointer and keys do on it.
import { class_colours, draw_icon, legend_button } from '../shapes.js'
import { find_all, focused, heading, make, set } from '../shared.js'
import { next_point, under, zoomed } from './camera.js'
import { play, queue, show } from './motion.js'
import { class_of, read_theme, said_of } from './paint.js'

/** @import { EmbeddingMap } from '../embedding_view.js' */

const NEARER = 1.5 // times that a button enlarges the map
const DRAG = 4 // px that the pointer moves before it drags
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

// ---- heading, legend, buttons -----------------------------------------------------------------------------------

/** @param {EmbeddingMap} view */
export function legend(view) {
  view.widths = view.written = null
  const names = view.fixed?.names ?? []
  view.legend.replaceChildren(
    ...names.map((name, k) => {
      const { button } = legend_button(name, !view.off.has(k))
      button.onclick = () => {
        if (!view.off.delete(k)) view.off.add(k)
        set(button, { 'aria-pressed': !view.off.has(k) })
        view.written = null
        queue(view)
      }
      return button
    }),
  )
  icons(view)
}

/** @param {EmbeddingMap} view */
export function icons(view) {
  read_theme(view)
  const colours = class_colours(view.canvas)
  find_all(view.legend, 'canvas').forEach((icon, k) =>
    draw_icon(/** @type {HTMLCanvasElement} */ (icon), k, colours, 8.5),
  )
}

/** @param {EmbeddingMap} view */
export function tools(view) {
  const { header } = view
  if (!header) return
  const about = header.title_note || 'shape and colour: classes the model never saw'
  view.title.replaceChildren(...heading('Embedding', about, header.mode).childNodes)
  view.box.style.height = `${header.height}px`
  view.buttons.forEach((button, v) => {
    button.hidden = header.views.length < 2
    set(button, { 'aria-pressed': v === view.projection })
  })
  view.film.textContent = view.playing ? 'Stop film' : 'Play film'
  view.film.disabled = view.frames.length < 2
  view.images.hidden = !view.sprite
  set(view.images, { 'aria-pressed': Boolean(view.pictures) })
  view.whole.disabled = view.zoom.k === 1
}

/**
 * Make all that is around the map.
 * @param {EmbeddingMap} view
 */
export function build(view) {
  view.title = make('h2')
  view.legend = make('div', 'legend')
  view.canvas = set(make('canvas', 'map', '', { tabIndex: 0 }), { role: 'img', 'aria-label': 'Embedding' })
  view.note = make('div', 'about')
  view.said = make('span', 'said-only', '', { role: 'status' })
  tip(view)
  const head = make('div', 'head')
  head.append(view.title, view.legend)
  view.box = make('div', 'plot')
  view.box.append(view.canvas, view.note, view.tip)
  view.root.replaceChildren(head, view.box, row(view), view.said)
  handle(view)
}

/** @param {EmbeddingMap} view */
function tip(view) {
  view.tip = make('div', 'tip', '', { hidden: true })
  view.thumb = make('canvas', '', '', { width: 64, height: 64 })
  view.strip = make('canvas', '', '', { height: 32 })
  view.tip_text = make('div')
  view.tip.append(view.thumb, view.tip_text)
}

/** @param {EmbeddingMap} view */
function row(view) {
  const node = make('div', 'row')
  const control = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
    make('button', 'plain', text, { type: 'button', onclick })
  const filming = () => play(view, () => tools(view))
  view.out = make('output')
  view.scrub = make('input', '', '', { type: 'range', min: '0', max: '1', value: '0', ariaLabel: 'frame of the film' })
  view.scrub.oninput = () => {
    if (view.playing) filming()
    view.follow = +view.scrub.value >= view.frames.length - 1
    show(view, +view.scrub.value)
  }
  view.film = control('Play film', filming)
  view.buttons = ['t-SNE', 'PCA'].map((name, v) =>
    control(name, () => {
      view.projection = v
      tools(view)
      show(view, view.shown)
    }),
  )
  view.images = control('Pictures', () => {
    view.pictures = !view.pictures
    tools(view)
    queue(view)
  })
  view.whole = control('Whole map', () => zoom(view, 0))
  const smaller = Object.assign(
    control('−', () => zoom(view, 1 / NEARER)),
    { ariaLabel: 'zoom out' },
  )
  const larger = Object.assign(
    control('+', () => zoom(view, NEARER)),
    { ariaLabel: 'zoom in' },
  )
  node.append(view.out, view.scrub, view.film, ...view.buttons, view.images, smaller, larger, view.whole)
  return node
}

// ---- what the visitor does --------------------------------------------------------------------------------------

/** @param {EmbeddingMap} view */
const usable = view => (/** @type {number} */ i) => !view.off.has(class_of(view, i))

/**
 * Where the pointer is on the map.
 * @param {EmbeddingMap} view
 * @param {MouseEvent} event
 * @returns {[number, number]}
 */
function spot(view, event) {
  const box = view.canvas.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

/**
 * @param {EmbeddingMap} view
 * @param {number | null} index  null: nothing any more
 */
function pick(view, index) {
  Object.assign(view, { picked: index, near: [], focus: index })
  view.send({ kind: 'pick', index: index ?? -1 })
  queue(view)
}

/**
 * @param {EmbeddingMap} view
 * @param {number} factor
 * @param {[number, number]} [at]  px
 */
function zoom(view, factor, at) {
  const { clientWidth: w, clientHeight: h } = view.canvas
  const [x, y] = at ?? [w / 2, h / 2]
  view.zoom = zoomed(view.zoom, factor, x - w / 2, y - h / 2)
  view.written = null
  view.canvas.style.touchAction = view.zoom.k > 1 ? 'none' : 'pan-y'
  tools(view)
  queue(view)
}

/** @param {EmbeddingMap} view */
function handle(view) {
  const { canvas } = view
  drags(view)
  canvas.onblur = () => {
    view.focus = null
    queue(view)
  }
  // The wheel belongs to the page until the map was clicked; with Ctrl it always zooms.
  canvas.onwheel = event => {
    if (!event.ctrlKey && focused(canvas) !== canvas) return
    event.preventDefault()
    zoom(view, Math.exp(-event.deltaY / 400), spot(view, event))
  }
  canvas.onkeydown = event => {
    if (!view.at || !pressed(view, event.key)) return
    event.preventDefault()
    queue(view)
  }
}

/** @param {EmbeddingMap} view */
function drags(view) {
  const { canvas } = view
  /** @type {{ x: number, y: number, from: import('./camera.js').Zoom, moved: boolean } | null} */
  let drag = null
  canvas.onpointerdown = event => {
    drag = { x: event.clientX, y: event.clientY, from: { ...view.zoom }, moved: false }
  }
  canvas.onpointermove = event => {
    if (!view.at) return
    if (!drag) view.focus = under(view.at, ...spot(view, event), usable(view))
    else {
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
      if (view.zoom.k > 1 && Math.hypot(dx, dy) > DRAG) {
        if (!drag.moved) canvas.setPointerCapture(event.pointerId)
        drag.moved = true
        view.zoom = { ...view.zoom, x: drag.from.x + dx, y: drag.from.y + dy }
        view.written = null
      }
    }
    queue(view)
  }
  canvas.onpointerup = event => {
    const dragged = drag?.moved
    drag = null
    if (dragged || !view.at) return
    const i = under(view.at, ...spot(view, event), usable(view))
    if (i !== null || view.picked !== null) pick(view, i)
  }
  canvas.onpointerleave = canvas.onpointercancel = () => {
    drag = null
    view.focus = null
    queue(view)
  }
}

/**
 * Do what a key means, and say whether it means anything.
 * @param {EmbeddingMap} view
 * @param {string} key
 */
function pressed(view, key) {
  const direction = DIRECTIONS[key]
  if (direction) walk(view, direction)
  else if (key === 'Enter' && view.focus !== null) pick(view, view.focus)
  else if (key === 'Escape') pick(view, null)
  else if (key === '+' || key === '-') zoom(view, key === '+' ? NEARER : 1 / NEARER)
  else if (key === '0') zoom(view, 0)
  else return false
  return true
}

/**
 * @param {EmbeddingMap} view
 * @param {[number, number]} direction
 */
function walk(view, direction) {
  const { clientWidth: w, clientHeight: h } = view.canvas
  view.focus = next_point(view.at, view.focus ?? view.picked, direction, [w / 2, h / 2], usable(view))
  if (view.focus === null || !view.fixed) return
  view.said.textContent = said_of(view, view.focus).join(', ')
}
