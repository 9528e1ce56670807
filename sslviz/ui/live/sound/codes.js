// Codes have colours of their own, neither blue nor orange; the number says the same.
import { make } from '../shared.js'

const HUES = 8 // of the style sheet; the entries after them are striped

/**
 * @param {HTMLElement} node
 * @param {number} entry
 */
export function colour(node, entry) {
  node.style.setProperty('--hue', `var(--code${entry % HUES})`)
  if (Math.floor(entry / HUES) % 2) node.classList.add('pale')
}

/**
 * Append the numbers of a code, counted from 1, and return the node.
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {number[]} code
 */
export function with_code(node, code) {
  for (const entry of code) {
    const number = make('b', 'code', entry + 1)
    colour(number, entry)
    node.append(number)
  }
  return node
}
