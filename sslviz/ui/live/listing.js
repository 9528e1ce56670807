// Lines of code, or a link, with a button that copies them.
import { make, set } from './shared.js'
import { view } from './view.js'

/** @import { Part, View } from './view.js' */

/**
 * What Python sends; mirrors Listing in live/listing.py.
 * @typedef {object} Listing
 * @property {string} name
 * @property {ListingPiece[]} pieces
 */

/**
 * Mirrors ListingPiece in live/listing.py.
 * @typedef {object} ListingPiece
 * @property {string} kind
 * @property {string} text
 */

const SAID = 1500 // ms that a button says that it has copied

/**
 * Copy what a node holds. A page that came over plain HTTP may not write to the clipboard itself, but may copy what is
 * selected.
 * @param {Node} node
 */
export async function copy(node) {
  try {
    await navigator.clipboard.writeText(node.textContent ?? '')
  } catch {
    const selected = window.getSelection()
    selected?.selectAllChildren(node)
    document.execCommand('copy')
    selected?.removeAllRanges()
  }
}

/** @type {View<Listing>} */
export default view({
  update: (/** @type {Part<Listing>} */ part, data) => {
    const lines = make('pre', '', '', { translate: false })
    lines.append(...data.pieces.map(({ kind, text }) => (kind ? make('span', kind, text) : text)))
    const button = set(make('button', 'plain', 'Copy', { type: 'button' }), { 'aria-label': `Copy ${data.name}` })
    button.onclick = async () => {
      await copy(lines)
      button.classList.add('copied')
      button.textContent = 'Copied'
      setTimeout(() => {
        button.classList.remove('copied')
        button.textContent = 'Copy'
      }, SAID)
    }
    part.root.replaceChildren(lines, button)
  },
})
