// A word of the sentence as a column: the word, its place in the window, its label, noise words, the model's answer.
import { make, set } from '../../live/shared.js'
import { best, share } from './scores.js'

/** @import { Card, PairLabel, PairScores } from './card.js' */

export const SHOW = { window: 2, target: 3, noise: 4, answer: 5 } // rows from which on each is there, on a stage

/** @param {Card} card */
export const now = card => card.data.steps[card.centre]

/** @param {Card} card */
const answers_now = card => card.data.answers[card.centre] ?? []

/**
 * How far down the card goes.
 * @param {Card} card
 */
export const depth = card => (card.data.size ? card.data.rows : SHOW.answer)

/** @param {number} by */
const signed = by => (by < 0 ? `−${-by}` : `+${by}`)

/**
 * Drawn between raw word and label: how far this word lies from the centre, and the window's bracket.
 * @param {Card} card
 * @param {number} i
 */
function place(card, i) {
  const step = now(card)
  const node = make('div', 'win')
  if (!step) return node
  const places = [step.place, ...step.near.map(([its]) => its)]
  const [first, last] = [Math.min(...places), Math.max(...places)]
  if (i >= first && i <= last && step.near.length) {
    node.classList.add('in', ...(i === first ? ['first'] : []), ...(i === last ? ['last'] : []))
  }
  const near = step.near.find(([its]) => its === i)
  const reach = card.data.size ? [] : [make('span', '', `R = ${step.radius}`)] // a lesson has no such letters
  if (i === step.place) node.append(make('b', 'centre', 'centre'), ...reach)
  else if (near) node.append(make('span', '', signed(near[1])))
  else if (i > first && i < last && card.data.how[i]) node.append(make('span', 'skip', 'skipped'))
  return node
}

/**
 * @param {Card} card
 * @param {number} i
 */
function kept({ data }, i) {
  const how = data.how[i]
  if (how === 'mark') return make('div', 'did')
  if (how === 'out') return make('div', 'did', 'left out')
  const [chance, word] = [share(data.keep[i]), String(data.words[i]).toLowerCase()]
  const title = `${share(data.share[i])} of all words are “${word}”, so it is kept with a chance of ${chance}`
  return make('div', 'did', how === 'drop' ? `✕ ${chance}` : chance, { title })
}

/**
 * @param {Card} card
 * @param {number} i
 */
function raw(card, i) {
  const { data } = card
  const plain = depth(card) < SHOW.window // nothing was left out or chosen yet
  const [word, how] = [String(data.words[i]), plain && data.how[i] === 'drop' ? '' : data.how[i]]
  const centre = plain ? -1 : data.steps.findIndex(step => step.place === i)
  const node = make(centre < 0 ? 'div' : 'button', `chip raw ${how}`)
  node.append(make('span', '', word))
  if (centre >= 0) {
    set(node, { 'aria-label': `${word}: make it the centre`, 'aria-pressed': now(card)?.place === i })
    node.onclick = node.onfocus = () => {
      if (card.centre !== centre) card.choose(centre)
    }
  }
  if (how === 'drop') node.title = `“${word}” was dropped this time; the window reaches over it`
  if (how === 'out') node.title = `“${word}” is not in the vocabulary`
  return node
}

/**
 * @param {Card} card
 * @param {number} i
 * @param {number} at  its place in the band
 */
export function column(card, i, at) {
  const step = now(card)
  const node = make('div', `word${step?.place === i && depth(card) >= SHOW.window ? ' selected' : ''}`)
  node.dataset.word = `${i}`
  node.style.setProperty('--c', `${at + 2}`)
  const deep = depth(card)
  node.append(
    raw(card, i),
    ...(card.data.size ? [] : [kept(card, i)]),
    ...(deep >= SHOW.window ? [place(card, i)] : []),
  )
  const pair = step ? step.labels.findIndex(label => label.place === i) : -1
  const [label, answer] = [step?.labels[pair], answers_now(card)[pair]]
  const last = label
    ? asked(card, label, answer, pair)
    : [make('div', 'chip none'), make('div', 'noise none'), make('div', 'chip none last')]
  node.append(...last.slice(0, Math.max(0, deep - SHOW.window)))
  return node
}

/**
 * Label, noise words and answer of a pair.
 * @param {Card} card
 * @param {PairLabel} label
 * @param {PairScores | undefined} answer  none where the model is not asked
 * @param {number} pair
 */
function asked(card, label, answer, pair) {
  const fresh = card.fresh ? ' fresh' : ''
  const [target, noise] = [make('div', `chip target${fresh}`), make('div', 'noise')]
  target.append(make('span', '', label.word))
  const taken = card.data.size && answer ? answer.best - 1 : -1 // a stage shows two: that which the model took comes first
  const order = [...label.noise.keys()].sort((a, b) => Number(b === taken) - Number(a === taken))
  for (const k of order) noise.append(make('span', label.same[k] ? 'same' : '', label.noise[k]), ' ')
  if (!answer) return [target, noise]
  const [text, right] = best(label, answer)
  const kind = `chip answer${fresh}${pair === card.pair ? ' looked' : ''}`
  const chip = make('button', kind, '', { onclick: () => card.choose(card.centre, pair) })
  chip.append(make('b', '', right ? '✓' : '✕'), make('span', right || answer.best < 0 ? '' : 'wrong', text))
  const said = `Model’s answer: ${text}, ${right ? 'right' : 'wrong'}. Show the scores of this pair`
  return [target, noise, set(chip, { 'aria-label': said, 'aria-pressed': pair === card.pair })]
}
