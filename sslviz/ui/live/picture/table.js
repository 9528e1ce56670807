// Tiles in rows; those of a table have pictures before the rows, and words above the columns.
import { image } from '../pieces.js'
import { make, set } from '../shared.js'

/** @import { Tiles } from './panels.js' */

/**
 * @param {Tiles} panel
 * @param {HTMLElement[]} fields
 */
export function grid({ columns, sides, tops = [], tint }, fields) {
  const node = make('div', sides ? `tiles table of-${tint}` : 'tiles')
  node.style.setProperty('--columns', `${columns}`)
  if (!sides) {
    node.append(...fields)
    return node
  }
  node.append(make('i'), ...tops.map(text => make('span', 'top', text, { title: text })))
  sides.forEach(({ image: source = '', title = '' }, row) => {
    node.append(set(image(source, 'side'), { title, alt: title }), ...fields.slice(row * columns, (row + 1) * columns))
  })
  return node
}
