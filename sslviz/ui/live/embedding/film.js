// The film as Python sends it: its frames come one by one, and the view keeps them.
import { unframe } from '../frames.js'

/**
 * What Python says with every message; mirrors FilmHeader in live/frames.py.
 * @typedef {object} FilmHeader
 * @property {string} id  changes when the run does
 * @property {number} n  points
 * @property {number} first  number of the first frame that comes with it
 * @property {number[]} steps  training step of each frame that comes with it
 * @property {number} total  frames of the film by now
 * @property {boolean} full  whether classes, names, labels and pictures come, too
 * @property {string[]} views  ways in which each frame was projected
 * @property {number[][]} scales  by view, then by frame: what one unit of an int16 stands for
 * @property {number | null} picked
 * @property {number[]} near  neighbours of the picked point in the encoder's own space
 * @property {string} title_note
 * @property {string} hint
 * @property {string} mode
 * @property {number} height  px
 * @property {Sprite | null} sprite
 * @property {number[]} [classes]  of each point
 * @property {string[]} [names]  of each class
 * @property {string[]} [labels]  of each point
 */

/**
 * One picture with those of all points; mirrors Sprite in live/frames.py.
 * @typedef {object} Sprite
 * @property {number} bytes
 * @property {number} cols  pictures in a row
 * @property {number} cell  px
 */

/** @typedef {{ step: number, places: Float32Array[] }} Frame  places: x, y, x, y … of each projection */

/**
 * What a film remembers: its frames, and the header that brought what stays the same.
 * @typedef {object} Film
 * @property {string} [id]
 * @property {FilmHeader & { classes: number[], names: string[], labels: string[] }} [fixed]
 * @property {Frame[]} frames
 */

/**
 * Cut a message into header, frames and the bytes of the pictures.
 * @param {Uint8Array} data
 */
export function decode(data) {
  const { header: any_header, bytes, at } = unframe(data)
  const header = /** @type {FilmHeader} */ (any_header)
  const size = 2 * header.n
  const raw = new Int16Array(bytes.buffer, at, header.steps.length * header.views.length * size)
  const frames = header.steps.map((step, f) => ({
    step,
    places: header.views.map((_, v) => {
      const start = (f * header.views.length + v) * size
      return Float32Array.from(raw.subarray(start, start + size), p => p * Number(header.scales[v]?.[f]))
    }),
  }))
  const from = at + raw.byteLength
  return { header, frames, pictures: header.sprite ? bytes.subarray(from, from + header.sprite.bytes) : null }
}

/**
 * Take the frames of a message into the film.
 * @param {Film} film
 * @param {FilmHeader} header
 * @param {Frame[]} frames
 * @returns {'another' | 'more' | 'missing'} whether another film began, whether this one goes on, or whether the film
 *   lacks frames before these
 */
export function take_frames(film, header, frames) {
  const another = header.full && header.id !== film.id
  if (another) film.frames = []
  if (header.full && (another || header.first === 0)) {
    film.id = header.id
    film.fixed = /** @type {Film['fixed']} */ (header)
  }
  if (header.id !== film.id || header.first > film.frames.length) return 'missing'
  frames.forEach((frame, f) => {
    film.frames[header.first + f] = frame
  })
  film.frames.length = Math.min(film.frames.length, header.total) // a film may start again under its old name
  return another ? 'another' : 'more'
}
