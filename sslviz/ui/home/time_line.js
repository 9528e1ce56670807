// Years across, kinds of data downwards; a line leads from a system to each that learned from it.
import { draw_svg, find_all, heading, make, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors TimeLine in home/views.py.
 * @typedef {object} TimeLine
 * @property {string[]} kinds
 * @property {TimeSystem[]} systems
 */

/**
 * Mirrors TimeSystem in home/views.py.
 * @typedef {object} TimeSystem
 * @property {string} name
 * @property {number} year
 * @property {string} kind
 * @property {string} adds  what was new, in a sentence
 * @property {string[]} after  whom it learned from
 * @property {string | null} page  address; null: there is none
 */

/** @typedef {Part<TimeLine> & { lines: SVGSVGElement }} Line */

const HINT = 'Point at a name: what was new, and whom it learned from. A click on a full frame opens the page.'

/** @param {string[]} names */
const listed = names => names.join(', ').replace(/, ([^,]*)$/, ' and $1')

/**
 * @param {TimeLine} data
 * @param {TimeSystem} system
 */
function told(data, system) {
  const later = data.systems.filter(one => one.after.includes(system.name)).map(one => one.name)
  return [
    `${system.name}, ${system.year}: ${system.adds}`,
    system.after.length ? `It learned from ${listed(system.after)}.` : '',
    later.length ? `Learned from it: ${listed(later)}.` : '',
    system.page ? '' : 'It has no page here.',
  ]
    .filter(Boolean)
    .join(' ')
}

/**
 * Mark a system with those it learned from and those that learned from it; null: nothing is marked.
 * @param {Line} part
 * @param {TimeSystem | null} system
 */
function mark(part, system) {
  const line = /** @type {HTMLElement} */ (part.root.querySelector('.line'))
  line.toggleAttribute('data-about', Boolean(system))
  for (const node of find_all(part.root, '[data-kin]')) node.removeAttribute('data-kin')
  const words = /** @type {HTMLElement} */ (part.root.querySelector('.told'))
  words.textContent = system ? told(part.data, system) : HINT
  if (!system) return
  for (const other of part.data.systems) {
    if (other !== system && !other.after.includes(system.name) && !system.after.includes(other.name)) continue
    node_of(part, other.name)?.setAttribute('data-kin', other === system ? 'self' : 'near')
  }
  for (const path of part.lines.querySelectorAll('path')) {
    if ([path.dataset.from, path.dataset.to].includes(system.name)) path.dataset.kin = 'near'
  }
}

/**
 * @param {Line} part
 * @param {string} name
 * @returns {HTMLElement | undefined}
 */
const node_of = (part, name) => find_all(part.root, '.system').find(node => node.dataset.name === name)

/**
 * @param {Line} part
 * @param {TimeLine} data
 * @param {TimeSystem} system
 */
function chip(part, data, system) {
  const node = system.page
    ? make('a', 'system', system.name, { href: system.page })
    : make('button', 'system', system.name, { type: 'button' })
  node.dataset.name = system.name
  const says = told(data, system).replace(`${system.name}, `, '')
  node.append(set(make('span', 'says', says), { id: `says-${system.name.replaceAll(' ', '-')}` }))
  set(node, { 'aria-label': told(data, system) })
  const about = () => mark(part, system)
  Object.assign(node, {
    onmouseenter: about,
    onfocus: about,
    onmouseleave: () => mark(part, null),
    onblur: () => mark(part, null),
  })
  node.onclick = event => {
    if (!system.page || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault() // a plain click stays in the session, as on the map
    part.send({ slug: system.page.slice(1) })
  }
  return node
}

/**
 * @param {Line} part
 * @param {TimeLine} data
 */
function grid(part, data) {
  const years = [...new Set(data.systems.map(system => system.year))].sort((a, b) => a - b)
  const node = make('div', 'line')
  node.style.setProperty('--n', `${years.length}`)
  part.lines = draw_svg(node, 'svg', { 'aria-hidden': true })
  node.append(make('span', 'year'), ...years.map(year => make('h3', 'year', year)))
  for (const kind of data.kinds) {
    const row = make('div', 'row')
    row.append(make('h3', 'kind', kind))
    for (const year of years) {
      const here = data.systems.filter(system => system.kind === kind && system.year === year)
      const spot = make('div', 'spot')
      spot.append(...here.map(system => chip(part, data, system)))
      row.append(spot)
    }
    node.append(row)
  }
  return node
}

/**
 * Draw the lines where the names now stand.
 * @param {Line} part
 */
function draw(part) {
  part.lines.replaceChildren()
  const line = /** @type {HTMLElement} */ (part.root.querySelector('.line'))
  set(part.lines, { viewBox: `0 0 ${line.scrollWidth} ${line.scrollHeight}` })
  part.lines.style.width = `${line.scrollWidth}px`
  for (const system of part.data.systems) {
    for (const name of system.after) {
      const [from, to] = [node_of(part, name), node_of(part, system.name)]
      if (!from || !to) continue
      const x0 = from.offsetLeft + from.offsetWidth
      const [y0, y1] = [from, to].map(node => node.offsetTop + node.offsetHeight / 2)
      const x1 = to.offsetLeft
      const bend = x1 > x0 ? (x1 - x0) / 2 : 28 // of one year: round the outside
      const path = draw_svg(part.lines, 'path', { d: `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}` })
      Object.assign(path.dataset, { from: name, to: system.name })
    }
  }
}

/** @type {View<TimeLine>} */
export default view({
  update: (/** @type {Line} */ part, data) => {
    const hint = 'who made labels from raw data, and who learned from whom'
    const words = make('p', 'told', HINT)
    // On a phone it is a long list: there it is opened by who asks for it.
    const folded = make('details', '', '', { open: part.root.clientWidth > 1000 })
    folded.append(make('summary'), grid(part, data), words)
    folded.firstElementChild?.append(heading('Time line', hint))
    folded.ontoggle = () => draw(part)
    part.root.replaceChildren(folded)
    part.data = data
    draw(part)
  },
  resize: (/** @type {Line} */ part) => draw(part),
})
