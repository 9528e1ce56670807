// A mark for each true class, so that nothing rests on colour alone; and the legend of a map.
import { context, make, set } from './shared.js'

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {(c: Context, x: number, y: number, r: number) => void} Shape  draws a mark of radius r into the path */

const STAR = Array.from({ length: 10 }, (_, i) => {
  const long = i % 2 ? 0.6 : 1.35
  return [long * Math.sin((i * Math.PI) / 5), -long * Math.cos((i * Math.PI) / 5)]
}).flat()
const PLUS = [
  -0.4, -1.2, 0.4, -1.2, 0.4, -0.4, 1.2, -0.4, 1.2, 0.4, 0.4, 0.4, 0.4, 1.2, -0.4, 1.2, -0.4, 0.4, -1.2, 0.4, -1.2,
  -0.4, -0.4, -0.4,
]
const CROSS = [
  0, -0.5, 0.75, -1.2, 1.2, -0.75, 0.5, 0, 1.2, 0.75, 0.75, 1.2, 0, 0.5, -0.75, 1.2, -1.2, 0.75, -0.5, 0, -1.2, -0.75,
  -0.75, -1.2,
]

/** @type {Shape[]} */
const SHAPES = [
  (c, x, y, r) => {
    c.moveTo(x + r, y)
    c.arc(x, y, r, 0, 7)
  },
  (c, x, y, r) => c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
  polygon([0, -1.2, 1.1, 0.8, -1.1, 0.8]),
  polygon([0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0]),
  polygon([0, 1.2, 1.1, -0.8, -1.1, -0.8]),
  polygon(PLUS),
  (c, x, y, r) => c.rect(x - r * 1.3, y - r * 0.5, r * 2.6, r),
  polygon(CROSS),
  polygon(STAR),
  (c, x, y, r) => {
    c.moveTo(x + r * 1.15, y)
    c.arc(x, y, r * 1.15, 0, 7)
    c.moveTo(x + r * 0.55, y)
    c.arc(x, y, r * 0.55, 0, -7, true)
  },
]

/**
 * @param {number[]} corners  x, y, x, y …
 * @returns {Shape}
 */
function polygon(corners) {
  return (c, x, y, r) => {
    for (let i = 0; i < corners.length; i += 2) {
      const [px, py] = [x + r * Number(corners[i]), y + r * Number(corners[i + 1])]
      if (i) c.lineTo(px, py)
      else c.moveTo(px, py)
    }
    c.closePath()
  }
}

/**
 * Fill marks of class k, all in one path: a thousand points cost a few fills.
 * @param {Context} c
 * @param {number} k
 * @param {string[]} colours
 * @param {(shape: Shape) => void} draw  puts the shape wherever there is one
 */
export function fill_marks(c, k, colours, draw) {
  c.fillStyle = colours[k % colours.length] ?? ''
  c.beginPath()
  draw(/** @type {Shape} */ (SHAPES[k % SHAPES.length]))
  c.fill()
}

/**
 * The colours of the page's theme for classes.
 * @param {Element} node
 */
export const class_colours = node =>
  getComputedStyle(node).getPropertyValue('--st-chart-categorical-colors').trim().split(',')

/**
 * A button of the legend, and the little canvas for its mark.
 * @param {string} name
 * @param {boolean} pressed
 */
export function legend_button(name, pressed) {
  const icon = set(make('canvas', '', '', { width: 24, height: 24 }), { 'aria-hidden': true })
  const button = set(make('button', '', '', { type: 'button' }), { 'aria-pressed': pressed })
  button.append(icon, name)
  return { button, icon }
}

/**
 * Draw the mark of class k into the canvas of its button.
 * @param {HTMLCanvasElement} icon
 * @param {number} k
 * @param {string[]} colours
 * @param {number} r
 */
export function draw_icon(icon, k, colours, r) {
  const c = context(icon)
  c.clearRect(0, 0, 24, 24)
  fill_marks(c, k, colours, shape => shape(c, 12, 12, r))
}
