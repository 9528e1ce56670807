// The input of Next sentence: what is quoted of both sentences, and all tokens with their segments.
import { make, set } from '../../live/shared.js'

/** @import { Card, InputToken, SentenceCard } from './card.js' */

/** @type {Record<string, string>} */
const FATE = { hide: '▨ hidden', swap: '⇄ swapped', keep: '= kept' }

/**
 * @param {string} letter
 * @param {string} text
 * @param {string | null} from
 */
export function quote(letter, text, from) {
  const node = make('div', 'quote', '', { translate: false })
  node.append(make('b', 'letter', letter), make('q', '', text))
  if (from) node.append(make('span', 'from', from))
  return node
}

/**
 * A band of a segment.
 * @param {string} kind
 * @param {string} text
 */
function band(kind, text) {
  const node = make('span', `band ${kind}`)
  node.append(make('span', '', text))
  return node
}

/**
 * @param {InputToken} one
 * @param {boolean} marks
 */
function token(one, marks) {
  const special = !one.how && /^\[(CLS|SEP)\]$/.test(one.word)
  const chip = make('span', `token ${one.how}${special ? ' special' : ''}${one.sees.startsWith('[') ? ' code' : ''}`)
  chip.append(make('span', one.unknown ? 'unknown' : '', one.sees))
  const node = make('span', 'piece')
  node.append(chip, one.b ? band('b', 'B') : band('a', 'A'))
  if (marks) node.append(make('span', 'both', one.both ? '◆' : ''))
  if (one.unknown) node.title = `“${one.word}” is not in the vocabulary: the model sees [UNK]`
  return node
}

/**
 * @param {Card} card
 * @param {number} side
 */
export function strip({ data }, side) {
  const node = make('div', 'strip', '', { translate: false })
  const tokens = data.tokens[side] ?? []
  node.append(...tokens.map(one => token(one, data.marks)))
  return set(node, { role: 'img', 'aria-label': `The input: ${tokens.map(one => one.sees).join(' ')}` })
}

/**
 * @param {SentenceCard} data
 * @param {number} side
 */
export function segments(data, side) {
  const node = make('p', 'note')
  const vectors =
    ' segment embeddings: one vector is added to every token of [CLS] A [SEP], another to every token of B [SEP].'
  node.append(band('a', 'A'), ' ', band('b', 'B'), vectors)
  if (data.marks) node.append(' ◆ stands in both sentences: a third vector is added.')
  if (data.tokens[side]?.some(one => one.unknown)) node.append(' [UNK] is a word that the vocabulary lacks.')
  const hidden = data.hidden[side] ?? []
  if (hidden.length) {
    node.append(' To be named besides, as in Masked words: ')
    hidden.forEach(([word, how], i) => {
      const fate = String(FATE[how]).split(' ').join('\u00a0')
      node.append(i ? ', ' : '', '“', make('span', 'label', word), `” ${fate}`)
    })
    node.append('.')
  }
  return node
}
