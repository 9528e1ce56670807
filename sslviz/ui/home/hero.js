// A pseudo-label in four steps: data, a part hidden, that part is the label, the model's answer. It plays once.
import { make, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors Hero in home/views.py.
 * @typedef {object} Hero
 * @property {string} photo  data address
 * @property {[string, string, string]} sentence  before the hidden word, that word, after it
 * @property {string | null} said  what the model really answers; null: no model was asked
 * @property {string | null} picture_said  data address of its answer
 */

/**
 * @param {string} kind
 * @param {number} n
 * @param {string | Node} title
 * @param {HTMLElement} words
 * @param {HTMLElement} picture
 */
function step(kind, n, title, words, picture) {
  const node = make('div', `step ${kind}`)
  const line = make('p')
  line.append(make('b', '', n), title)
  node.append(line, words, picture)
  return node
}

/**
 * @param {Hero['sentence']} sentence
 * @param {boolean} gone
 */
function sentence_box([before, hidden, after], gone) {
  const box = make('div', 'words')
  const line = make('span')
  line.append(`${before} `, gone ? make('span', 'hole') : make('u', '', hidden), after ? ` ${after}` : '')
  box.append(line)
  return box
}

/**
 * @param {string} address
 * @param {boolean} gone
 */
function photo(address, gone) {
  const node = make('div', 'photo')
  node.style.backgroundImage = `url("${address}")`
  node.append(make('div', gone ? 'cut gone' : 'cut'))
  return node
}

/** @param {Hero} data */
function said_word({ said, sentence }) {
  const node = make('div', 'said')
  const right = said?.toLowerCase() === sentence[1].toLowerCase()
  if (said === null) node.append('?')
  else node.append(make('b', '', right ? '✓ ' : '✕ '), make('span', right ? '' : 'wrong', said))
  return node
}

/** @param {Hero} data */
function said_picture({ picture_said }) {
  const node = make('div', 'said picture', picture_said ? '' : '?')
  if (picture_said) node.style.backgroundImage = `url("${picture_said}")`
  return node
}

/** @type {View<Hero>} */
export default view({
  update: (/** @type {Part<Hero>} */ part, data) => {
    const piece = make('div', 'tag picture')
    piece.style.setProperty('--photo', `url("${data.photo}")`)
    const asked = data.said === null ? 'A model is asked for it.' : `The model answers “${data.said}”.`
    const scene = set(make('div', 'scene'), {
      role: 'img',
      'aria-label':
        `Take data that nobody labelled: “${data.sentence.join(' ')}”, and a photo. Hide a part. ` +
        `That part, “${data.sentence[1]}”, is the label. ${asked}`,
    })
    const label = make('span', 'label', 'That part is the label')
    const guess = make('span', 'guess', 'The model answers')
    scene.append(
      step('one', 1, 'Take data nobody labelled', sentence_box(data.sentence, false), photo(data.photo, false)),
      step('two', 2, 'Hide a part', sentence_box(data.sentence, true), photo(data.photo, true)),
      step('three', 3, label, make('div', 'tag', data.sentence[1]), piece),
      step('four', 4, guess, said_word(data), said_picture(data)),
    )
    part.root.replaceChildren(scene)
  },
})
