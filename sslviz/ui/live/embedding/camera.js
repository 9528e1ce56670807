// Where points lie on the screen, without drawing any. One scale for both axes: a t-SNE map has no axes of its own, and
// stretching one would invent distances.
const EDGE = 27 // px kept free at the border
const REACH = 16 // px from a mark within which it is meant
const CLOSEST = 30 // times that the map can be enlarged

/** @typedef {{ x: number, y: number, k: number }} Camera  centre in the units of the points, and pixels a unit */
/** @typedef {{ k: number, x: number, y: number }} Zoom  times enlarged, and px that the middle is moved by */
/** @typedef {Float32Array} Places  x, y, x, y … */

/**
 * @param {ArrayLike<number>} places
 * @param {number} i
 * @returns {[number, number]}
 */
export const point = (places, i) => [Number(places[2 * i]), Number(places[2 * i + 1])]

/**
 * The camera that shows all points.
 * @param {Places} places
 * @param {number} w  px
 * @param {number} h  px
 * @returns {Camera}
 */
export function fit(places, w, h) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = point(places, i)
    x0 = Math.min(x0, x)
    x1 = Math.max(x1, x)
    y0 = Math.min(y0, y)
    y1 = Math.max(y1, y)
  }
  const k = Math.min((w - 2 * EDGE) / (x1 - x0 || 1), (h - 2 * EDGE) / (y1 - y0 || 1))
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, k }
}

/**
 * How far a glide has come: slowly off, slowly on.
 * @param {number} t  0 to 1
 */
export const eased = t => t * t * (3 - 2 * t)

/**
 * The camera between two others.
 * @param {Camera} from
 * @param {Camera} to
 * @param {number} e  0 to 1
 * @returns {Camera}
 */
export const between = (from, to, e) => ({
  x: from.x + e * (to.x - from.x),
  y: from.y + e * (to.y - from.y),
  k: from.k * (to.k / from.k) ** e,
})

/**
 * Put points on the screen.
 * @param {Places} places
 * @param {Camera} camera
 * @param {Zoom} zoom
 * @param {number} w  px
 * @param {number} h  px
 * @param {Places} at  filled with px
 */
export function project(places, camera, zoom, w, h, at) {
  const k = camera.k * zoom.k
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = point(places, i)
    at[2 * i] = w / 2 + zoom.x + k * (x - camera.x)
    at[2 * i + 1] = h / 2 + zoom.y - k * (y - camera.y)
  }
}

/**
 * The point under the pointer, or null.
 * @param {Places} at  px
 * @param {number} x
 * @param {number} y
 * @param {(i: number) => boolean} usable
 */
export function under(at, x, y, usable) {
  let best = null
  let limit = REACH ** 2
  for (let i = 0; i < at.length / 2; i++) {
    const [px, py] = point(at, i)
    const far = (px - x) ** 2 + (py - y) ** 2
    if (far < limit && usable(i)) {
      limit = far
      best = i
    }
  }
  return best
}

/**
 * The next point in the direction of an arrow key: near, and not too far off that direction. From nowhere it is the one
 * that is nearest to the middle.
 * @param {Places} at  px
 * @param {number | null} from
 * @param {[number, number]} direction
 * @param {[number, number]} middle  px
 * @param {(i: number) => boolean} usable
 */
export function next_point(at, from, [dx, dy], middle, usable) {
  const [x, y] = from === null ? middle : point(at, from)
  let best = from
  let least = Infinity
  for (let i = 0; i < at.length / 2; i++) {
    const [px, py] = point(at, i)
    const [a, b] = [px - x, py - y]
    const along = a * dx + b * dy
    const cost = from === null ? Math.hypot(a, b) : along + 3 * Math.abs(a * dy - b * dx)
    if (i !== from && usable(i) && (from === null || along > 0.5) && cost < least) {
      least = cost
      best = i
    }
  }
  return best
}

/**
 * Enlarge the map around a spot, which stays where it is.
 * @param {Zoom} zoom
 * @param {number} factor  0: the whole map
 * @param {number} x  px from the middle
 * @param {number} y
 * @returns {Zoom}
 */
export function zoomed(zoom, factor, x, y) {
  const k = Math.max(1, Math.min(CLOSEST, zoom.k * factor))
  const f = k / zoom.k
  return k === 1 ? { k: 1, x: 0, y: 0 } : { k, x: x - f * (x - zoom.x), y: y - f * (y - zoom.y) }
}
