// A card as it is drawn: question, picture, answers to choose from, answer.
import { make, set } from '../../live/shared.js'

/** @import { Piece, ReviewCard, ReviewPicture } from './types.js' */

export const LETTERS = 'ABCDEFG'
/** @type {Record<string, string>} */
const SAID = { hidden: 'hidden word', dropped: ' (dropped)', centre: ' (the centre)' } // what is only seen otherwise

/**
 * A text as Python has read it: pieces that are plain, bold (b) or code.
 * @template {HTMLElement} Node
 * @param {Node} parent
 * @param {Piece[]} pieces
 */
export function rich(parent, pieces) {
  for (const [mark, text] of pieces) parent.append(mark ? make(mark, '', text) : text)
  return parent
}

/**
 * @param {ReviewCard} card
 * @param {boolean} open
 */
export function question(card, open) {
  const line = make('p', 'question', '', { dir: 'auto' }) // a text may be written from right to left
  for (const piece of card.front) {
    if (Array.isArray(piece)) {
      rich(line, piece)
      continue
    }
    const gap = make('span', `gap${open ? ' open' : ''}`, open ? piece.text : piece.hint || '…')
    if (!open) gap.append(make('span', 'said-only', ' gap '))
    line.append(gap)
  }
  return line
}

/** @param {ReviewPicture} shown */
export function picture(shown) {
  const node = make('div', 'picture')
  if (shown.text) node.append(make('p', 'note', shown.text))
  node.append(...shown.lines.map(sample))
  if (shown.images.length) {
    const views = make('div', 'views')
    views.append(...shown.images.map(figure))
    node.append(views)
  }
  if (shown.credit) node.append(make('p', 'credit', shown.credit))
  return node
}

/** @param {[string, string][]} line */
function sample(line) {
  const row = make('p', 'sample')
  for (const [text, kind] of line) {
    const word = make('span', kind, kind === 'hidden' ? '' : text)
    if (kind === 'hidden') word.append(make('span', '', '▨', { ariaHidden: 'true' }))
    if (SAID[kind]) word.append(make('span', 'said-only', SAID[kind]))
    row.append(word, ' ')
  }
  return row
}

/** @param {[string, string]} picture */
function figure([name, source]) {
  const node = make('figure')
  const alt = name.length === 1 ? `View ${name}` : name
  node.append(make('img', '', '', { src: source, alt, width: 72, height: 72 }), make('figcaption', '', name))
  return node
}

/**
 * @param {ReviewCard} card
 * @param {boolean} open
 * @param {number | null} chosen
 * @param {(i: number) => void} choose
 */
export function options(card, open, chosen, choose) {
  const list = make('div', `options${card.picture ? ' labels' : ''}`)
  set(list, { role: 'group', 'aria-label': 'Answers to choose from' })
  card.options.forEach((text, i) => {
    const [right, mine] = [open && i === card.right, open && chosen === i]
    const kinds = `option${right ? ' right' : ''}${mine && !right ? ' wrong' : ''}`
    const button = make('button', kinds, '', { type: 'button', disabled: open, onclick: () => choose(i) })
    const mark = mine ? '✕' : LETTERS[i]
    button.append(make('kbd', '', right ? '✓' : mark), rich(make('span', '', '', { dir: 'auto' }), text))
    if (right) button.append(make('span', 'said-only', mine ? ', your choice, right' : ', the right one'))
    else if (mine) button.append(make('span', 'said-only', ', your choice, wrong'))
    list.append(button)
  })
  return list
}

/** @param {ReviewCard} card */
export function answer(card) {
  const node = make('div', 'answer')
  for (const [depth, text] of card.back) {
    const line = rich(make('p', '', '', { dir: 'auto' }), text)
    line.style.marginInlineStart = `${1.2 * Math.min(depth, 4)}em`
    node.append(line)
  }
  return node
}
