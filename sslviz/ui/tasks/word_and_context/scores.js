// Scores of one pair, a label and its noise words; and lists of words with their cosine.
import { heading, make } from '../../live/shared.js'
import { bar, track } from '../../live/words.js'

/** @import { Card, ContextLists, PairLabel, PairScores } from './card.js' */

/** @param {number} value */
export function number(value) {
  if (value < 0.005) return '<.01'
  return value > 0.995 && value < 1 ? '>.99' : value.toFixed(2).replace(/^0/, '')
}

/** @param {number | null | undefined} value */
export const share = value =>
  Number(value) >= 0.0995 ? `${Math.round(100 * Number(value))}%` : `${(100 * Number(value)).toPrecision(2)}%`

/**
 * The word that the model scores highest among a label and its noise words, and whether that is right.
 * @param {PairLabel} label
 * @param {PairScores} answer
 * @returns {[string, boolean]}
 */
export function best(label, answer) {
  if (answer.best < 0) return ['all alike', false]
  return answer.best ? [String(label.noise[answer.best - 1]), false] : [label.word, true]
}

/**
 * The label and its noise words with the model's score of each.
 * @param {Card} card
 */
export function panel(card) {
  const { data } = card
  const step = data.steps[card.centre]
  const [label, answer] = [step?.labels[card.pair], data.answers[card.centre]?.[card.pair]]
  const node = make('div', 'pair')
  if (!label || !answer) {
    const why = data.steps.length
      ? 'No kept word stands within this window. Choose another centre.'
      : 'There is no pair to look at.'
    node.append(heading('Scores', '', data.model), make('p', 'note', why))
    return node
  }
  const centre = String(data.words[step?.place ?? -1]).toLowerCase()
  const title = `${data.cbow ? 'Neighbours' : centre} → ${label.word}`
  const list = make('ol')
  list.append(row(label.word, answer.right, 'label', '✓ near'))
  label.noise.forEach((word, k) => {
    const flagged = word + (label.beside[k] ? ' ⚑' : '')
    if (label.same[k]) list.append(row(word, null, 'same', 'skipped: the label itself'))
    else list.append(row(flagged, answer.noise[k] ?? null, '', share(label.p[k])))
  })
  const told = `${verdict(label, answer)} Loss ${answer.loss.toFixed(2)}. Right: the chance to be drawn as noise.`
  node.append(heading(title, 'σ(u·v)', data.model), list, make('p', 'note', told))
  return node
}

/**
 * @param {PairLabel} label
 * @param {PairScores} answer
 */
function verdict(label, answer) {
  const flagged = label.beside.some((beside, k) => beside && !label.same[k])
  const flag = flagged ? ' ⚑ stands in this window, too: noise may be a real neighbour.' : ''
  if (answer.best < 0) return `All scores are the same: nothing is learned yet.${flag}`
  if (!answer.best) return `✓ The label scores above all of its noise words.${flag}`
  return `✕ “${label.noise[answer.best - 1]}” scores highest, though it was only drawn.${flag}`
}

/**
 * @param {string} word
 * @param {number | null} score
 * @param {string} kind
 * @param {string} aside
 * @param {(score: number) => string} [say]
 */
function row(word, score, kind, aside, say = number) {
  const node = make('li', kind)
  node.append(make('span', kind === 'label' ? 'label name' : 'name', word, { title: word }))
  if (score === null) node.append(make('span', 'quiet wide', aside))
  else node.append(track(bar(score)), make('span', '', say(score)), make('span', 'quiet', aside))
  return node
}

/**
 * Rows of words with their cosine, for the part below the card.
 * @param {HTMLElement} root
 * @param {ContextLists} data
 */
export function draw_lists(root, data) {
  const all = make('div', 'lists')
  const say = (/** @type {number} */ cosine) => cosine.toFixed(2).replace('-', '−')
  for (const { title, hint, rows, empty } of data.lists) {
    const part = make('div', 'list')
    const list = make('ol')
    list.append(...rows.map(([word, cosine]) => row(word, Math.max(0, cosine), '', '', () => say(cosine))))
    part.append(heading(title, hint, data.model), rows.length ? list : make('p', 'note', empty))
    all.append(part)
  }
  root.replaceChildren(all)
}
