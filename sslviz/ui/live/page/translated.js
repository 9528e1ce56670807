// A browser's translator takes texts out and puts others into their places. React still holds the old ones: it would
// change what nobody sees, and fail where it takes one out of a place at which it is no longer.
import { find_all } from '../shared.js'

/** Words of the data that Streamlit draws: what a guess is chosen from, and the answers to it. */
const WORDS = '.st-key-guess :is([data-testid=stButtonGroup], [class*=_verdict]):not([translate])'

/**
 * What stands at the place of a text that was taken out.
 * @type {WeakMap<Node, HTMLElement>}
 */
const stand_in = new WeakMap()

/** A text that React changes comes back; the translator will find it. */
const changed = new MutationObserver(records => {
  for (const { target } of records) {
    stand_in.get(target)?.replaceWith(target)
    stand_in.delete(target)
  }
})

/**
 * The translator's element that has come in place of a text, if one has.
 * @param {MutationRecord} record  of the text's removal
 */
function in_place({ addedNodes, previousSibling, nextSibling }) {
  const near = [...addedNodes, previousSibling, nextSibling]
  return near.find(node => node instanceof HTMLElement && node.tagName === 'FONT')
}

/** Keep the translator away from words of the data. */
function keep() {
  for (const node of find_all(document, WORDS)) node.translate = false
}

const replaced = new MutationObserver(records => {
  keep()
  for (const record of records) {
    for (const node of record.removedNodes) {
      const font = node instanceof Text && !node.isConnected ? in_place(record) : undefined
      if (!font) continue
      stand_in.set(node, /** @type {HTMLElement} */ (font))
      changed.observe(node, { characterData: true })
    }
  }
})

/** Make up for texts that were taken out, wherever one is looked for. */
export function shield() {
  const { removeChild, insertBefore } = Node.prototype
  Object.assign(Node.prototype, {
    /** @type {(this: Node, child: Node) => Node} */
    removeChild(child) {
      if (child.parentNode === this || !stand_in.has(child)) return removeChild.call(this, child)
      stand_in.get(child)?.remove()
      return child
    },
    /** @type {(this: Node, node: Node, before: Node | null) => Node} */
    insertBefore(node, before) {
      if (!before || before.parentNode === this || !stand_in.has(before)) return insertBefore.call(this, node, before)
      const font = stand_in.get(before)
      return insertBefore.call(this, node, font?.parentNode === this ? font : null)
    },
  })
  keep() // what stood there before this
  replaced.observe(document.body, { childList: true, subtree: true })
}
