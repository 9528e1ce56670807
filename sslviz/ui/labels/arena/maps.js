// Small maps of several models side by side. One legend for those that show the same classes: a click dims the others.
import { class_colours, draw_icon, fill_marks, legend_button } from '../../live/shapes.js'
import { context, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors ArenaMaps in labels/arena/measured.py.
 * @typedef {object} ArenaMaps
 * @property {SmallMap[]} maps
 */

/**
 * Mirrors SmallMap in labels/arena/measured.py.
 * @typedef {object} SmallMap
 * @property {string} title
 * @property {string} note
 * @property {number[]} points  x, y, x, y … whole numbers from -1000 to 1000
 * @property {number[]} classes  of each point
 * @property {string[]} names  of each class
 */

/** @typedef {{ canvas: HTMLCanvasElement, map: SmallMap }} Drawn */
/**
 * @typedef {Part<ArenaMaps> & { only: Map<string, number>, drawn: Drawn[], icons: HTMLCanvasElement[][] }} Arena  `only`:
 *   the class that stands out, by the names of the classes
 */

const BORDER = 8 // px
const RADIUS = 2.3 // px
const DIM = 0.14 // opacity of the classes that do not stand out

/**
 * What tells groups of maps apart.
 * @param {SmallMap} map
 */
const names_of = map => map.names.join('|')

/**
 * @param {Arena} arena
 * @param {Drawn} one
 */
function paint(arena, { canvas, map }) {
  const side = canvas.clientWidth
  if (!side) return
  const dpr = devicePixelRatio || 1
  const c = context(canvas)
  const only = arena.only.get(names_of(map))
  canvas.width = canvas.height = Math.round(side * dpr)
  c.setTransform(dpr, 0, 0, dpr, 0, 0)
  const colours = class_colours(canvas)
  const scale = (side / 2 - BORDER) / 1000
  /** @type {number[][]} */
  const members = map.names.map(() => [])
  map.classes.forEach((k, i) => members[k]?.push(i))
  const order = members.map((_, k) => k).sort((a, b) => Number(a === only) - Number(b === only)) // the chosen on top
  for (const k of order) {
    c.globalAlpha = only === undefined || only === k ? 1 : DIM
    fill_marks(c, k, colours, shape => {
      for (const i of members[k] ?? []) {
        const [x, y] = [Number(map.points[2 * i]), Number(map.points[2 * i + 1])]
        shape(c, side / 2 + scale * x, side / 2 - scale * y, RADIUS)
      }
    })
  }
  canvas.dataset.drawn = `${members.flat().length}`
  const chosen = only === undefined ? '' : `; only ${map.names[only]} stands out`
  set(canvas, { 'aria-label': `Map of ${map.title}: ${map.classes.length} held-out samples, ${map.note}${chosen}.` })
}

/**
 * @param {Arena} arena
 * @param {string} key
 * @param {string[]} names
 */
function legend(arena, key, names) {
  const bar = make('div', 'legend')
  const made = names.map((name, k) => legend_button(name, arena.only.get(key) === k))
  made.forEach(({ button }, k) => {
    button.onclick = () => {
      if (arena.only.get(key) === k) arena.only.delete(key)
      else arena.only.set(key, k)
      made.forEach((one, other) => set(one.button, { 'aria-pressed': arena.only.get(key) === other }))
      arena.drawn.forEach(one => paint(arena, one))
    }
  })
  bar.append(...made.map(({ button }) => button))
  arena.icons.push(made.map(({ icon }) => icon))
  return bar
}

/**
 * @param {Arena} arena
 * @param {SmallMap} map
 */
function figure(arena, map) {
  const node = make('figure')
  const caption = make('figcaption')
  const canvas = set(make('canvas', 'map'), { role: 'img' })
  caption.append(make('b', '', map.title), make('span', 'quiet', map.note))
  node.append(caption, canvas)
  arena.drawn.push({ canvas, map })
  return node
}

/** @param {Arena} arena */
function paint_all(arena) {
  arena.drawn.forEach(one => paint(arena, one))
  for (const icons of arena.icons) icons.forEach((icon, k) => draw_icon(icon, k, class_colours(icon), 8))
}

/** @type {View<ArenaMaps>} */
export default view({
  begin: (/** @type {Arena} */ arena) => {
    arena.only = new Map()
  },
  update: (arena, data) => {
    /** @type {Map<string, SmallMap[]>} */
    const groups = new Map()
    for (const map of data.maps) groups.set(names_of(map), [...(groups.get(names_of(map)) ?? []), map])
    Object.assign(arena, { drawn: [], icons: [] })
    const nodes = [...groups].map(([key, maps]) => {
      const group = make('div', 'group')
      const sheet = make('div', 'sheet')
      sheet.append(...maps.map(map => figure(arena, map)))
      group.append(legend(arena, key, maps[0]?.names ?? []), sheet)
      return group
    })
    arena.root.replaceChildren(...nodes)
  },
  every: paint_all, // the theme may have changed
  resize: paint_all,
})
