// A film of an embedding. Python sends frames as they come; the view keeps them, so that the visitor can play them again.
import { fit } from './embedding/camera.js'
import { build, icons, legend, tools } from './embedding/controls.js'
import { decode, take_frames } from './embedding/film.js'
import { queue, show } from './embedding/motion.js'
import { view } from './view.js'

/** @import { Camera, Places, Zoom } from './embedding/camera.js' */
/** @import { Film, FilmHeader } from './embedding/film.js' */
/** @import { Part, View } from './view.js' */

const AGAIN = 2000 // ms after which missing frames are asked for again

/**
 * What the view remembers.
 * @typedef {Part<FilmHeader> & Film & Nodes & Motion} EmbeddingMap
 */

/**
 * @typedef {object} Nodes
 * @property {HTMLElement} title
 * @property {HTMLElement} legend
 * @property {HTMLElement} box
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} note
 * @property {HTMLElement} said
 * @property {HTMLElement} tip
 * @property {HTMLElement} tip_text
 * @property {HTMLCanvasElement} thumb
 * @property {HTMLCanvasElement} strip
 * @property {HTMLInputElement} scrub
 * @property {HTMLOutputElement} out
 * @property {HTMLButtonElement} film
 * @property {HTMLButtonElement[]} buttons
 * @property {HTMLButtonElement} images
 * @property {HTMLButtonElement} whole
 * @property {ResizeObserver} resized
 */

/**
 * @typedef {object} Motion
 * @property {FilmHeader} [header]  the newest one
 * @property {ReturnType<typeof setInterval>} [asking]  for frames that are missing
 * @property {number} shown  number of the frame
 * @property {number} projection  number of the view: t-SNE, PCA
 * @property {boolean} follow  whether a new frame is shown at once
 * @property {Set<number>} off  classes that are switched off
 * @property {Zoom} zoom
 * @property {number | null} picked
 * @property {number | null} told  what Python said is picked
 * @property {number[]} near
 * @property {number | null} focus  the point that is pointed at
 * @property {ImageBitmap | null} sprite
 * @property {boolean} [pictures]  instead of marks
 * @property {Places | null} xy  the points now
 * @property {Places} at  the points now, in px
 * @property {Places} [from]  where they come from
 * @property {Places} [to]  where they go
 * @property {Camera} camera
 * @property {Camera} source
 * @property {Camera} goal
 * @property {number} start  ms
 * @property {number} ms  of the glide
 * @property {boolean} moving
 * @property {boolean} [playing]
 * @property {ReturnType<typeof setInterval>} [timer]
 * @property {number} [raf]
 * @property {{ ink: string, paper: string, classes: string[] }} [theme]
 * @property {number[] | null} [widths]  px of the labels
 * @property {number[] | null} [written]  points whose label is drawn
 */

/** @returns {Partial<EmbeddingMap>} */
const anew = () => ({
  shown: -1,
  follow: true,
  xy: null,
  sprite: null,
  focus: null,
  picked: null,
  told: null,
  near: [],
  off: new Set(),
})

/**
 * @param {EmbeddingMap} map
 * @param {Uint8Array} data
 */
function receive(map, data) {
  take(map, decode(data))
}

/**
 * Take the frames that a look has found; all else stays as Python said it last.
 * @param {EmbeddingMap} map
 * @param {Uint8Array} data
 */
function look(map, data) {
  if (!map.header) return
  const { header, frames } = decode(data)
  if (header.id !== map.header.id) return // of the run that was here before
  const { title_note, hint, mode, height } = map.header
  take(map, {
    header: { ...header, picked: map.told, near: map.near, title_note, hint, mode, height },
    frames,
    pictures: null,
  })
  if (map.picked !== null && map.picked === map.told) map.send({ kind: 'pick', index: map.picked }) // its neighbours now
}

/**
 * @param {EmbeddingMap} map
 * @param {ReturnType<typeof decode>} message
 */
function take(map, { header, frames, pictures }) {
  const took = take_frames(map, header, frames)
  if (took === 'missing') {
    ask(map)
    return
  }
  clearInterval(map.asking)
  if (took === 'another') Object.assign(map, anew())
  if (pictures && !map.sprite) {
    createImageBitmap(new Blob([new Uint8Array(pictures)])).then(image => {
      map.sprite = image
      tools(map)
      queue(map)
    })
  }
  // A tick that left Python before the visitor's click must not undo it: only a new answer counts.
  if (header.picked !== map.told) map.picked = map.told = header.picked
  if (header.picked === map.picked) map.near = header.near
  map.header = header
  if (header.full) legend(map)
  tools(map)
  const last = map.frames.length - 1
  if (map.follow || map.shown > last) show(map, last)
  else queue(map)
}

/**
 * Ask for all frames, and again until they come: of several events on their way to Python only the last one arrives.
 * @param {EmbeddingMap} map
 */
function ask(map) {
  clearInterval(map.asking)
  let turn = 0
  const tell = () => map.send({ kind: 'missing', turn: ++turn })
  map.asking = setInterval(tell, AGAIN)
  tell()
}

/** @param {EmbeddingMap} map */
function refit(map) {
  const { clientWidth: w, clientHeight: h } = map.canvas
  if (!w) return
  if (map.to) Object.assign(map, { camera: fit(map.to, w, h), goal: fit(map.to, w, h), written: null })
  else if (map.frames.length) show(map, map.frames.length - 1)
  queue(map)
}

/** @type {View<FilmHeader>} */
export default view({
  begin: (/** @type {EmbeddingMap} */ map) => {
    Object.assign(map, { frames: [], projection: 0, zoom: { k: 1, x: 0, y: 0 }, ...anew() })
    build(map)
    map.resized = new ResizeObserver(() => refit(map))
    map.resized.observe(map.box)
    map.root.addEventListener('look', event => look(map, /** @type {CustomEvent} */ (event).detail))
  },
  changed: () => true,
  update: (map, data) => receive(map, /** @type {any} */ (data)),
  every: map => {
    if (!map.fixed) return
    icons(map) // the theme may have changed
    queue(map)
  },
  end: map => {
    if (map.raf) cancelAnimationFrame(map.raf)
    clearInterval(map.timer)
    clearInterval(map.asking)
    map.resized.disconnect()
  },
})
