// A question on a phone: what it is about, in words, pictures and sounds; and its answers, to tap or to tap in order.
import { make } from './nodes.js'

/**
 * What a phone fetches once a question; see `put` in sslviz/classroom/room.py.
 * @typedef {object} Put
 * @property {number} number
 * @property {string} text
 * @property {string[]} choices
 * @property {string[]} words
 * @property {[string, string][]} images
 * @property {string[]} sounds
 * @property {boolean} sort
 * @property {string} credit
 */

/** @typedef {{ vote: number | null, shown: boolean, truth?: number, model?: number | null }} Voted */

const GAP = '▨'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWX'
const WIDE = 2.2 // a picture wider than this times its height has a line of its own

/**
 * @param {HTMLElement} place
 * @param {Put} put
 * @param {string} sounds  address of its sounds
 * @param {(choice: number) => void} vote
 */
export function draw_question(place, put, sounds, vote) {
  const parts = put.words.map(line => words(line))
  const own = put.images.filter(([name]) => put.sort || put.choices.includes(name))
  const about = put.images.filter(one => !own.includes(one))
  if (about.length) parts.push(pictures(about))
  put.sounds.forEach((name, i) => {
    if (!put.choices.includes(name)) parts.push(sound(name, `${sounds}/${i}`))
  })
  const title = make('h1', put.words.length ? 'text' : '', put.text, { tabIndex: -1 })
  const list = put.sort ? sorting(put, own, vote) : answers(put, own, sounds, vote)
  place.replaceChildren(...parts, title, list, ...credits(put.credit))
}

/**
 * Who made what is shown, to be opened.
 * @param {string} credit
 */
function credits(credit) {
  if (!credit) return []
  const node = make('details', 'quiet')
  node.append(make('summary', '', 'Credits'), make('p', '', credit))
  return [node]
}

/** @param {string} line */
function words(line) {
  const node = make('p', 'asked')
  node.translate = false
  line.split(GAP).forEach((piece, i) => {
    if (i) node.append(make('span', 'gap'), make('span', 'said-only', ' hidden word '))
    node.append(piece)
  })
  return node
}

/** @param {[string, string][]} images */
function pictures(images) {
  const row = make('div', 'pictures')
  for (const [name, address] of images) {
    const figure = make('figure')
    const image = make('img', '', '', { src: address, alt: name })
    image.onload = () => figure.classList.toggle('wide', image.naturalWidth > WIDE * image.naturalHeight)
    figure.append(image, make('figcaption', '', name))
    row.append(figure)
  }
  return row
}

/**
 * @param {string} name
 * @param {string} address
 */
function sound(name, address) {
  const node = make('div', 'sound')
  const player = make('audio', '', '', { controls: true, preload: 'none', src: address })
  player.setAttribute('aria-label', `Sound: ${name}`)
  node.append(make('div', 'quiet', name), player)
  return node
}

/**
 * @param {Put} put
 * @param {[string, string][]} own  pictures of answers
 * @param {string} sounds
 * @param {(choice: number) => void} vote
 */
function answers(put, own, sounds, vote) {
  const list = make('ul')
  list.setAttribute('aria-label', 'Answers')
  put.choices.forEach((choice, i) => {
    const item = make('li')
    const button = make('button', 'choice', '', { type: 'button', onclick: () => vote(i) })
    button.dataset.choice = String(i)
    button.setAttribute('aria-pressed', 'false')
    const letter = LETTERS[i] ?? ''
    button.append(make('span', 'key', letter))
    const image = own.find(([name]) => name === choice)
    if (image) button.append(make('img', '', '', { src: image[1], alt: `picture ${choice}` }))
    else if (choice !== letter) button.append(make('span', 'name', choice))
    item.append(button)
    const heard = put.sounds.indexOf(choice)
    if (heard >= 0) item.append(sound(choice, `${sounds}/${heard}`))
    list.append(item)
  })
  return list
}

/**
 * Pictures to tap in order. An order and the same backwards are one answer.
 * @param {Put} put
 * @param {[string, string][]} own
 * @param {(choice: number) => void} vote
 */
function sorting(put, own, vote) {
  const node = make('div')
  const list = make('ul', 'sort')
  list.setAttribute('aria-label', 'Tap in order')
  /** @type {string[]} */
  let tapped = []
  const draw = () => {
    for (const button of list.querySelectorAll('button')) {
      const at = tapped.indexOf(button.dataset.name ?? '')
      button.setAttribute('aria-pressed', String(at >= 0))
      const key = button.querySelector('.key')
      if (key) key.textContent = at >= 0 ? String(at + 1) : '·'
    }
  }
  const tap = (/** @type {string} */ name) => {
    if (tapped.length === own.length || tapped.includes(name)) tapped = []
    tapped.push(name)
    draw()
    if (tapped.length < own.length) return
    const found = [tapped, [...tapped].reverse()].map(order => put.choices.indexOf(order.join(' '))).find(i => i >= 0)
    if (found !== undefined) vote(found)
  }
  for (const [name, address] of own) {
    const item = make('li')
    const button = make('button', 'choice', '', { type: 'button', onclick: () => tap(name) })
    button.dataset.name = name
    button.setAttribute('aria-label', `Picture ${name}`)
    const image = make('img', '', '', { src: address, alt: '' })
    button.append(image, make('span', 'quiet', name), make('span', 'key', '·'))
    item.append(button)
    list.append(item)
  }
  const again = make('button', 'link', 'Begin again', { type: 'button' })
  again.onclick = () => {
    tapped = []
    draw()
  }
  node.append(make('p', 'quiet', 'Tap them in order, the first one first.'), list, again)
  return node
}

/**
 * Mark what was chosen, and, once the answer is shown, what was right and what the model said.
 * @param {HTMLElement} place
 * @param {Put} put
 * @param {Voted} voted
 */
export function revealed(place, put, voted) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (place.querySelectorAll('button.choice'))) {
    button.disabled = voted.shown
    const choice = button.dataset.choice
    if (choice === undefined) continue
    const i = Number(choice)
    button.setAttribute('aria-pressed', String(voted.vote === i))
    button.querySelectorAll('.tag').forEach(tag => tag.remove())
    if (!voted.shown) continue
    button.classList.toggle('right', i === voted.truth)
    if (i === voted.truth) button.append(make('span', 'tag', '✓ the label'))
    if (i === voted.model) button.append(make('span', 'tag model', 'model'))
  }
  if (!put.sort) return
  const keys = [...place.querySelectorAll('button.choice')].map(button => button.querySelector('.key'))
  if (voted.vote !== null && keys.every(key => key?.textContent === '·')) {
    const order = (put.choices[voted.vote] ?? '').split(' ') // after a reload: as it was tapped before
    place.querySelectorAll('button.choice').forEach((button, i) => {
      const at = order.indexOf(/** @type {HTMLElement} */ (button).dataset.name ?? '')
      const key = keys[i]
      if (key && at >= 0) key.textContent = String(at + 1)
      button.setAttribute('aria-pressed', String(at >= 0))
    })
  }
  if (!voted.shown) return
  place.querySelector('.orders')?.remove()
  const right = put.choices[voted.truth ?? 0]
  const model = typeof voted.model === 'number' ? ` · model: ${put.choices[voted.model]}` : ''
  place.append(make('p', 'orders', `The label: ${right}${model}`))
}
