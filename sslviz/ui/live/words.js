// Sentences as lattices: one column a word, in as many bands as the page is wide for; and lists of a model's best words.
import { ARROWS, context, find, find_all, focused, make, percent } from './shared.js'

const PHONE = 760 // px; below it words become rows (see the container rule in the CSS of a card)
const ruler = context(document.createElement('canvas'))

/**
 * Share columns of these widths out over as many bands as are needed, about equally wide, so that none has one word only.
 * @param {number[]} widths  px
 * @param {number} room  px
 */
export function shared_out(widths, room) {
  const total = widths.reduce((a, b) => a + b, 0)
  const count = Math.ceil((total + 25) / room)
  /** @type {number[][]} */
  const result = [[]]
  let used = 0
  widths.forEach((width, i) => {
    if (used + width / 2 > (total * result.length) / count && result.length < count) result.push([])
    result[result.length - 1]?.push(i)
    used += width
  })
  return result
}

/**
 * The words of each band, by number; all in one on a phone, or where the view has no width yet.
 * @param {HTMLElement} root
 * @param {number} words  how many there are
 * @param {number} beside  px that are taken by what stands beside the words
 * @param {string} font
 * @param {(i: number, wide: (text: string) => number) => number} width_of  px of a column; `wide` measures a text
 */
export function bands(root, words, beside, font, width_of) {
  const all = Array.from({ length: words }, (_, i) => i)
  if (root.clientWidth <= PHONE) return [all]
  ruler.font = font
  const widths = all.map(i => width_of(i, text => ruler.measureText(text).width))
  return shared_out(widths, root.clientWidth - beside)
}

/**
 * What stands at the left of each row, and the columns beside it.
 * @param {[string, string][]} heads  class and text of each
 * @param {HTMLElement[]} columns
 */
export function lattice(heads, columns) {
  const node = make('div', 'lattice')
  const names = make('div', 'heads')
  node.style.setProperty('--n', `${columns.length}`)
  node.style.setProperty('--deep', `${heads.length}`)
  names.append(...heads.map(([kind, text]) => make('span', kind, text)))
  node.append(names, ...columns)
  return node
}

/**
 * A word as it goes in; one that the vocabulary lacks says so.
 * @param {'button' | 'div'} tag
 * @param {string} kind  its class besides `chip raw`
 * @param {string} word
 * @param {boolean} known
 */
export function raw_word(tag, kind, word, known) {
  const chip = make(tag, `chip raw${kind}`, '', { translate: false })
  chip.append(make('span', known ? '' : 'unknown', word))
  const whole = word.length > 12 ? word : ''
  chip.title = known ? whole : `“${word}” is not in the vocabulary: the model sees [UNK]`
  return chip
}

/**
 * Walk along the raw words by arrow keys.
 * @param {HTMLElement} root
 * @param {(from: HTMLElement, by: number) => void} go
 */
export function walk(root, go) {
  root.onkeydown = event => {
    const from = /** @type {HTMLElement} */ (event.target)
    const by = ARROWS[event.key]
    if (!by || !from.classList.contains('raw')) return
    event.preventDefault()
    go(from, by)
  }
}

/**
 * The raw word that lies so many words further, of those that can be pressed.
 * @param {HTMLElement} root
 * @param {HTMLElement} from
 * @param {number} by
 */
export function neighbour(root, from, by) {
  const buttons = find_all(root, 'button.raw')
  return buttons[buttons.indexOf(from) + by]
}

/**
 * Remember which word has the focus, or its answer.
 * @param {HTMLElement} root
 * @returns {() => void} gives the focus back
 */
export function hold_focus(root) {
  const active = focused(root)
  const word = /** @type {HTMLElement | null | undefined} */ (active?.closest('.word'))?.dataset.word
  const answer = active?.classList.contains('answer')
  return () => {
    const node = word === undefined ? null : find(root, `[data-word="${word}"]`)
    const again = (answer && find(node, '.answer')) || find(node, 'button')
    again?.focus({ preventScroll: true })
  }
}

// ---- lists of answers -------------------------------------------------------------------------------------------

/** @param {number} share */
export function bar(share) {
  const node = make('i', 'bar')
  node.style.width = `${Math.max(1, 100 * share)}%`
  return node
}

/** @param {HTMLElement[]} bars */
export function track(...bars) {
  const node = make('span', 'track')
  node.append(...bars)
  return node
}

/**
 * A line of a list: the right answer in blue with ✓ and a filled bar, the others outlined.
 * @param {string} name
 * @param {number} share
 * @param {boolean} right
 * @param {string} [said]
 * @param {string} [title]
 */
export function answer_line(name, share, right, said = percent(share), title = '') {
  const line = make('li', right ? '' : 'other')
  const label = make('span', right ? 'label name' : 'name', right ? `${name} ✓` : name, title ? { title } : {})
  line.append(label, track(bar(share)), make('span', 'quiet', said))
  return line
}

/**
 * A model's best words, with the share of each.
 * @param {[string, number][]} best
 * @param {string | null} target
 * @param {(share: number) => string} [say]
 */
export function best_words(best, target, say = percent) {
  const list = make('ol', '', '', { translate: false })
  list.append(...best.map(([word, share]) => answer_line(word, share, word === target, say(share), word)))
  return list
}

/**
 * Whether the pseudo-label is among the best words.
 * @param {[string, number][]} best
 * @param {string | null} target
 */
export const found_among = (best, target) =>
  best.some(([word]) => word === target)
    ? '✓ marks the pseudo-label.'
    : `The pseudo-label “${target}” is not among them.`
