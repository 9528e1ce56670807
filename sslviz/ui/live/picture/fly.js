// What changes its place moves there before the eye: tiles fly, and a chip that is new comes down.
import { find_all, still } from '../shared.js'

const TIME = 350 // ms

/** @param {HTMLElement} node */
const name_of = node => node.querySelector('img')?.src ?? ''

/**
 * Note where all tiles are; the function that it gives lets those that are elsewhere by then come from there.
 * @param {HTMLElement} root
 * @returns {() => void}
 */
export function take_off(root) {
  if (still()) return () => {}
  /** @type {Map<string, DOMRect[]>} */
  const from = new Map()
  const chips = find_all(root, '.chip').length
  for (const tile of find_all(root, '.tile')) {
    const name = name_of(tile)
    from.set(name, [...(from.get(name) ?? []), tile.getBoundingClientRect()])
  }
  return () => {
    for (const tile of find_all(root, '.tile')) {
      const [was] = from.get(name_of(tile))?.splice(0, 1) ?? []
      if (was && name_of(tile)) fly(tile, was)
    }
    const now = find_all(root, '.chip')
    if (now.length > chips) now.forEach(chip => drop(chip))
  }
}

/**
 * @param {HTMLElement} tile
 * @param {DOMRect} was
 */
function fly(tile, was) {
  const is = tile.getBoundingClientRect()
  const [x, y] = [was.left - is.left, was.top - is.top]
  if (!x && !y) return
  tile.animate?.(
    [
      { transform: `translate(${x}px, ${y}px)`, zIndex: 3 },
      { transform: 'none', zIndex: 3 },
    ],
    {
      duration: TIME,
      easing: 'ease-in-out',
    },
  )
}

/** @param {HTMLElement} chip */
function drop(chip) {
  chip.animate?.(
    [
      { transform: 'translateY(-40px)', opacity: 0 },
      { transform: 'none', opacity: 1 },
    ],
    { duration: TIME },
  )
}
