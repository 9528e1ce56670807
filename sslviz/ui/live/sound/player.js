// A sound to play.
import { make, set } from '../shared.js'

/**
 * Mirrors Sound in frame/sound_view.py.
 * @typedef {object} Sound
 * @property {string} title
 * @property {string} source  data address
 * @property {string} hint
 */

/**
 * @param {Sound} sound
 * @param {(seconds: number) => void} [at]  is told where the sound is, in every frame while it plays
 */
export function player({ title, source, hint }, at) {
  const node = make('figure', 'player')
  const sound = make('audio', '', '', { controls: true, preload: 'metadata', src: source })
  node.append(make('figcaption', '', title), set(sound, { 'aria-label': title }))
  if (hint) node.append(make('small', 'quiet', hint))
  if (at) follow_sound(sound, at)
  return node
}

/**
 * @param {HTMLAudioElement} sound
 * @param {(seconds: number) => void} at
 */
function follow_sound(sound, at) {
  const say = () => {
    at(sound.currentTime)
    if (!sound.paused && sound.isConnected) requestAnimationFrame(say)
  }
  sound.onplay = sound.onseeking = sound.onpause = sound.onended = say
}
