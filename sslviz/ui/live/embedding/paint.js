// Drawing the map: marks or pictures, lines to neighbours, labels, and what is said of the point in focus.
import { class_colours, fill_marks } from '../shapes.js'
import { context, make, set } from '../shared.js'
import { point, project } from './camera.js'

/** @import { Context } from '../shapes.js' */
/** @import { EmbeddingMap } from '../embedding_view.js' */

const [THUMB, GAP] = [36, 4] // px of a neighbour's picture with the gap after it

/** @param {EmbeddingMap} view */
export function read_theme(view) {
  const style = getComputedStyle(view.canvas)
  const get = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
  view.theme = {
    ink: get('--st-text-color'),
    paper: get('--st-background-color'),
    classes: class_colours(view.canvas),
  }
}

/**
 * The class of a point.
 * @param {EmbeddingMap} view
 * @param {number} i
 */
export const class_of = (view, i) => Number(view.fixed?.classes[i])

/** @param {EmbeddingMap} view */
const with_pictures = view => view.pictures && view.sprite

/** @param {EmbeddingMap} view */
export function draw(view) {
  const { canvas, fixed } = view
  if (!fixed || !view.xy) return
  const { clientWidth: w, clientHeight: h } = canvas
  const c = sized(canvas)
  if (!view.theme) read_theme(view)
  if (view.at?.length !== view.xy.length) view.at = new Float32Array(view.xy.length)
  project(view.xy, view.camera, view.zoom, w, h, view.at)
  c.clearRect(0, 0, w, h)
  const focus = view.focus ?? view.picked
  const near = focus === view.picked && focus !== null ? view.near : []
  const bright = focus === null ? null : new Set([focus, ...near])
  const enlarged = Math.sqrt(view.zoom.k)
  const size = with_pictures(view) ? Math.min(40, 18 * enlarged) : Math.min(7, 3.8 * enlarged)
  c.globalAlpha = bright ? 0.38 : 1
  for (const group of groups(view, bright)) paint(view, c, group, size)
  c.globalAlpha = 1
  if (bright && focus !== null) emphasise(view, c, focus, near, bright, size)
  labels(view, c, bright)
  tooltip(view, focus)
  const step = view.frames[view.shown]?.step
  Object.assign(canvas.dataset, { drawn: view.shown, step, settled: !view.moving })
  const by = view.header?.views[view.projection]
  set(canvas, {
    'aria-label':
      `Embedding: ${fixed.n} points at step ${step}, drawn by ${by}. ` +
      'Arrow keys walk through the points, Enter picks one.',
  })
}

/**
 * The context of a canvas as many pixels large as the screen has.
 * @param {HTMLCanvasElement} canvas
 */
function sized(canvas) {
  const dpr = devicePixelRatio || 1
  const [w, h] = [Math.round(canvas.clientWidth * dpr), Math.round(canvas.clientHeight * dpr)]
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h })
  const c = context(canvas)
  c.setTransform(dpr, 0, 0, dpr, 0, 0)
  return c
}

/**
 * The points of each class that is not switched off, but for those that stand out.
 * @param {EmbeddingMap} view
 * @param {Set<number> | null} bright
 */
function groups(view, bright) {
  /** @type {number[][]} */
  const found = (view.fixed?.names ?? []).map(() => [])
  view.fixed?.classes.forEach((k, i) => {
    if (!view.off.has(k) && !bright?.has(i)) found[k]?.push(i)
  })
  return found
}

/**
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {number[]} members  of one class
 * @param {number} size
 */
function paint(view, c, members, size) {
  if (with_pictures(view)) members.forEach(i => picture(view, c, i, size))
  else marks(view, c, members, size)
}

/**
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {number[]} members  of one class
 * @param {number} radius
 */
function marks(view, c, members, radius) {
  if (members[0] === undefined || !view.theme) return
  fill_marks(c, class_of(view, members[0]), view.theme.classes, shape => {
    for (const i of members) shape(c, ...point(view.at, i), radius)
  })
}

/**
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {number} i
 * @param {number} size
 */
function picture(view, c, i, size) {
  const [x, y] = point(view.at, i).map(at => at - size / 2)
  const classes = view.theme?.classes ?? []
  copy(view, c, i, Number(x), Number(y), size)
  c.strokeStyle = classes[class_of(view, i) % classes.length] ?? ''
  c.lineWidth = 1.5
  c.strokeRect(Number(x), Number(y), size, size)
}

/**
 * Copy the picture of a point.
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {number} i
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function copy(view, c, i, x, y, size) {
  if (!view.fixed?.sprite || !view.sprite) return
  const { cols, cell } = view.fixed.sprite
  c.drawImage(view.sprite, (i % cols) * cell, Math.floor(i / cols) * cell, cell, cell, x, y, size, size)
}

/**
 * The point in focus, its neighbours, and lines to them.
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {number} focus
 * @param {number[]} near
 * @param {Set<number>} bright
 * @param {number} size
 */
function emphasise(view, c, focus, near, bright, size) {
  c.strokeStyle = view.theme?.ink ?? ''
  c.lineWidth = 1
  c.beginPath()
  for (const j of near) {
    c.moveTo(...point(view.at, focus))
    c.lineTo(...point(view.at, j))
  }
  c.stroke()
  for (const i of bright) paint(view, c, [i], size * 1.25)
  c.strokeStyle = view.theme?.ink ?? ''
  for (const i of bright) {
    c.lineWidth = i === focus ? 2.5 : 1.5
    c.beginPath()
    c.arc(...point(view.at, i), (with_pictures(view) ? 0.9 * size : size) + (i === focus ? 6 : 4), 0, 7)
    c.stroke()
  }
}

/**
 * A label as short as the map has room for; pointing shows it whole. Of a sentence with a word in brackets, that word.
 * @param {string} label
 */
export function brief(label) {
  const word = label.match(/\[(.+?)\]/)?.[1]
  return word ?? (label.length > 22 ? `${label.slice(0, 20).trimEnd()} …` : label)
}

/**
 * Words, where they fit without covering each other; pictures show theirs on pointing instead.
 * @param {EmbeddingMap} view
 * @param {Context} c
 * @param {Set<number> | null} bright
 */
function labels(view, c, bright) {
  const { fixed, theme } = view
  if (!fixed || !theme || fixed.sprite) return
  const { clientWidth: w } = view.canvas
  Object.assign(c, {
    font: '12px "Source Sans", sans-serif',
    textBaseline: 'middle',
    lineWidth: 3.5,
    lineJoin: 'round',
  })
  c.strokeStyle = theme.paper
  c.fillStyle = theme.ink
  view.widths ??= fixed.labels.map(label => c.measureText(brief(label)).width)
  const fits = free_places(view, view.widths)
  const chosen = bright
    ? [...bright].filter((i, rank) => bright.size > 1 && (fits(i) || !rank))
    : (view.written ??= fixed.labels.map((_, i) => i).filter(fits))
  for (const i of chosen) {
    const [px, y] = point(view.at, i)
    const x = Math.min(px + 7, w - Number(view.widths[i]) - 4)
    const text = brief(fixed.labels[i] ?? '')
    c.strokeText(text, x, y)
    c.fillText(text, x, y)
  }
}

/**
 * Whether the label of a point has room beside those that were asked for before.
 * @param {EmbeddingMap} view
 * @param {number[]} widths  px
 */
function free_places(view, widths) {
  const { clientWidth: w, clientHeight: h } = view.canvas
  /** @type {{ x0: number, y0: number, x1: number, y1: number }[]} */
  const taken = []
  return (/** @type {number} */ i) => {
    const [px, y] = point(view.at, i)
    const box = { x0: px + 6, y0: y - 7, x1: px + 7 + Number(widths[i]) + 3, y1: y + 7 }
    const over = taken.some(t => box.x0 < t.x1 && t.x0 < box.x1 && box.y0 < t.y1 && t.y0 < box.y1)
    if (view.off.has(class_of(view, i)) || box.x1 > w || box.y0 < 0 || box.y1 > h || over) return false
    taken.push(box)
    return true
  }
}

/**
 * What a point is called, and its class where that is another word: a picture of clothes has no name but its class.
 * @param {EmbeddingMap} view
 * @param {number} i
 */
export const said_of = (view, i) => [
  ...new Set([String(view.fixed?.labels[i]), String(view.fixed?.names[class_of(view, i)])]),
]

/**
 * @param {EmbeddingMap} view
 * @param {number | null} focus
 */
function tooltip(view, focus) {
  const { tip, fixed, canvas, note } = view
  if (!fixed) return
  const names = view.near.map(i => fixed.labels[i]).join(' · ') || '…'
  const about =
    view.picked === null
      ? view.header?.hint
      : `Nearest to “${fixed.labels[view.picked]}” for the model itself: ${names}`
  if (note.textContent !== about) note.textContent = about ?? ''
  tip.hidden = focus === null || (view.moving && focus !== view.focus)
  if (tip.hidden || focus === null) return
  if (tip.dataset.of !== String(focus)) {
    tip.dataset.of = `${focus}`
    const [name, ...kind] = said_of(view, focus)
    view.tip_text.replaceChildren(make('b', '', name), ...kind.map(one => make('span', 'quiet', one)), view.strip)
  }
  const near = focus === view.picked ? view.near : []
  thumbs(view, focus, near)
  const [x, y] = point(view.at, focus)
  if (near.length) {
    // in the far corner, so that the lines to the neighbours stay in sight
    tip.style.left = x > canvas.clientWidth / 2 ? '6px' : `${canvas.clientWidth - tip.offsetWidth - 6}px`
    tip.style.top = '6px'
    return
  }
  tip.style.left = `${x > canvas.clientWidth - 190 ? x - tip.offsetWidth - 14 : x + 14}px`
  tip.style.top = `${Math.max(2, Math.min(canvas.clientHeight - tip.offsetHeight - 2, y - tip.offsetHeight / 2))}px`
}

/**
 * The pictures of a point and of its neighbours.
 * @param {EmbeddingMap} view
 * @param {number} focus
 * @param {number[]} near
 */
export function thumbs(view, focus, near) {
  view.thumb.hidden = !view.sprite
  view.strip.hidden = !view.sprite || !near.length
  if (!view.sprite) return
  const [thumb, strip] = [context(view.thumb), context(view.strip)]
  thumb.imageSmoothingEnabled = false
  copy(view, thumb, focus, 0, 0, 64)
  view.strip.width = Math.max(1, near.length * THUMB - GAP) // as many as are named; setting it clears it, too
  near.forEach((i, rank) => copy(view, strip, i, rank * THUMB, 0, THUMB - GAP))
}
