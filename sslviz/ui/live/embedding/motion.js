// Motion: points glide from frame to frame, and the film plays.
import { set, still } from '../shared.js'
import { between, eased, fit } from './camera.js'
import { draw } from './paint.js'

/** @import { EmbeddingMap } from '../embedding_view.js' */

const GLIDE = 320 // ms from frame to frame
const FILM = 6000 // ms that a film takes, if its frames then follow each other neither too fast nor too slowly
const FASTEST = 90 // ms a frame
const SLOWEST = 400

/**
 * Let the points glide to a frame.
 * @param {EmbeddingMap} view
 * @param {number} frame
 * @param {number} [ms]
 */
export function show(view, frame, ms = GLIDE) {
  const { canvas, scrub, out } = view
  const shown = view.frames[frame]
  const to = shown?.places[view.projection]
  if (!shown || !to || !canvas.clientWidth) return
  scrub.max = `${Math.max(1, view.frames.length - 1)}`
  scrub.value = `${frame}`
  out.textContent = `step ${shown.step.toLocaleString('en')}`
  set(scrub, { 'aria-valuetext': out.textContent })
  if (to === view.to) return
  const camera = fit(to, canvas.clientWidth, canvas.clientHeight)
  const fresh = view.xy?.length !== to.length
  if (fresh) Object.assign(view, { xy: to.slice(), camera })
  const glide = { from: view.xy?.slice(), goal: camera, source: { ...view.camera }, start: performance.now() }
  Object.assign(view, { shown: frame, to, ...glide, ms: fresh || still() ? 0 : ms, moving: true })
  queue(view)
}

/**
 * Move the points on.
 * @param {EmbeddingMap} view
 * @param {number} time  ms
 */
function move(view, time) {
  const { xy, from, to } = view
  if (!xy || !from || !to) return
  const t = view.ms ? Math.min(1, Math.max(0, (time - view.start) / view.ms)) : 1
  const e = eased(t)
  for (let i = 0; i < xy.length; i++) xy[i] = Number(from[i]) + e * (Number(to[i]) - Number(from[i]))
  view.camera = between(view.source, view.goal, e)
  if (t < 1) return
  view.moving = false
  view.written = null // labels are chosen anew once the points rest
}

/**
 * Draw with the next frame of the screen.
 * @param {EmbeddingMap} view
 */
export function queue(view) {
  view.raf ||= requestAnimationFrame(time => {
    view.raf = 0
    if (!view.to || !view.canvas.clientWidth) return
    if (view.moving) move(view, time)
    draw(view)
    if (view.moving) queue(view)
  })
}

/**
 * ms a frame of a film with so many.
 * @param {number} frames
 */
export const pace_of = frames => Math.max(FASTEST, Math.min(SLOWEST, FILM / frames))

/**
 * Play the film, or stop it.
 * @param {EmbeddingMap} view
 * @param {() => void} told  once it plays or has stopped
 */
export function play(view, told) {
  clearInterval(view.timer)
  view.playing = !view.playing
  if (view.playing) {
    const pace = pace_of(view.frames.length)
    let frame = view.shown < view.frames.length - 1 ? view.shown : -1
    view.follow = false
    view.timer = setInterval(() => {
      frame += 1
      if (frame < view.frames.length) {
        show(view, frame, pace * 1.3)
        return
      }
      view.follow = true
      play(view, told)
    }, pace)
  }
  told()
}
