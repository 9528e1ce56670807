// Clips that play beside each other, frame by frame.
import { text_kind } from '../../live/pieces.js'
import { find, heading, make } from '../../live/shared.js'

const TICK = 420 // ms a frame
const HOLD = 2 // frames that the last one stays
const LOOPS = 2 // times that a clip plays by itself
const MANY = 99 // times that it plays when it is asked to

/**
 * Mirrors Player in tasks/frame_order/clip.py.
 * @typedef {object} Player
 * @property {string} title
 * @property {string} text
 * @property {string} kind
 * @property {string[]} frames  addresses of pictures
 * @property {boolean} [follows]  the frames as they lie
 */

/**
 * @typedef {object} Playing
 * @property {number} at  the frame that is shown
 * @property {ReturnType<typeof setInterval> | undefined} [timer]
 */

/** @typedef {Playing & { root: HTMLElement, data: { players: Player[], play: string, play_hint: string } }} Card */

/**
 * @param {Player} one
 * @param {number} k
 */
function player(one, k) {
  const node = make('figure', `player ${one.kind || ''}`)
  const words = make('figcaption')
  const alt = `${one.title}, ${one.frames.length} frames one after the other`
  words.append(make('b', text_kind(one.kind), one.title), make('span', 'quiet', ` ${one.text}`))
  node.append(make('img', 'film', '', { src: one.frames[0], alt }), words)
  node.dataset.player = `${k}`
  return node
}

/**
 * The clips, and the button that plays them.
 * @param {Card} card
 */
export function players(card) {
  const node = make('section', 'players')
  const row = make('div', 'reel')
  row.append(...card.data.players.map(player))
  const onclick = () => (card.timer ? halt(card) : play(card, MANY))
  const button = make('button', 'plain run', '▶ Play', { type: 'button', onclick })
  if (card.data.play) node.append(heading(card.data.play, card.data.play_hint))
  node.append(row, button)
  return node
}

/**
 * Show the frame of each clip that it is at; a short one stays at its last.
 * @param {Card} card
 */
export function show(card) {
  card.data.players.forEach(({ frames }, k) => {
    const image = find(card.root, `[data-player="${k}"] img`)
    const frame = frames[Math.min(card.at, frames.length - 1)]
    if (image instanceof HTMLImageElement && frame !== undefined) image.src = frame
  })
}

/**
 * Play from the first frame on.
 * @param {Card} card
 * @param {number} [loops]
 */
export function play(card, loops = LOOPS) {
  clearInterval(card.timer)
  card.at = 0
  show(card)
  let left = loops
  card.timer = setInterval(() => {
    if (!card.root.isConnected) {
      clearInterval(card.timer)
      return
    }
    card.at += 1
    if (card.at >= Math.max(...card.data.players.map(one => one.frames.length)) + HOLD) {
      card.at = 0
      left -= 1
      if (left <= 0) {
        halt(card)
        return
      }
    }
    show(card)
  }, TICK)
  name_button(card)
}

/**
 * Stop, at the first frame.
 * @param {Card} card
 */
export function halt(card) {
  clearInterval(card.timer)
  card.timer = undefined
  card.at = 0
  show(card)
  name_button(card)
}

/**
 * Say on the button what it does.
 * @param {Card} card
 */
export function name_button(card) {
  const button = find(card.root, '.run')
  if (button) button.textContent = card.timer ? '❚❚ Stop' : '▶ Play'
}
