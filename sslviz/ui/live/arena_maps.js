// Small maps of several models side by side. One legend for those that show the same classes: a click dims the others.
const BORDER = 8, RADIUS = 2.3       // px

function theme(canvas) {
  const style = getComputedStyle(canvas)
  return style.getPropertyValue('--st-chart-categorical-colors').split(',')
}

function mark(c, colours, k, draw) {
  c.fillStyle = colours[k % colours.length]
  c.beginPath()
  draw(SHAPES[k % SHAPES.length])
  c.fill()
}

function paint(view, { canvas, map }) {
  const side = canvas.clientWidth, dpr = devicePixelRatio || 1, c = canvas.getContext('2d'), only = view.only.get(names_of(map))
  if (!side) return
  canvas.width = canvas.height = Math.round(side * dpr)
  c.setTransform(dpr, 0, 0, dpr, 0, 0)
  const colours = theme(canvas), scale = (side / 2 - BORDER) / 1000, of = map.names.map(() => [])
  map.classes.forEach((k, i) => of[k]?.push(i))
  const order = of.map((_, k) => k).sort((a, b) => (a === only) - (b === only))      // the chosen class lies on top
  for (const k of order) {
    c.globalAlpha = only === undefined || only === k ? 1 : .14
    mark(c, colours, k, shape => of[k].forEach(i => shape(c, side / 2 + scale * map.points[2 * i], side / 2 - scale * map.points[2 * i + 1], RADIUS)))
  }
  canvas.dataset.drawn = of.flat().length
  canvas.setAttribute('aria-label', `Map of ${map.title}: ${map.classes.length} held-out samples, ${map.note}${only === undefined ? '' : `; only ${map.names[only]} stands out`}.`)
}

const names_of = map => map.names.join('|')

function legend(view, key, names) {
  const bar = make('div', 'legend')
  names.forEach((name, k) => {
    const icon = make('canvas', '', '', { width: 24, height: 24 }), button = make('button', '', '', { type: 'button' })
    icon.setAttribute('aria-hidden', 'true')
    button.append(icon, name)
    button.setAttribute('aria-pressed', view.only.get(key) === k)
    button.onclick = () => {
      view.only.get(key) === k ? view.only.delete(key) : view.only.set(key, k)
      for (const [other, one] of [...bar.children].entries()) one.setAttribute('aria-pressed', view.only.get(key) === other)
      view.drawn.forEach(one => paint(view, one))
    }
    bar.append(button)
    view.icons.push([icon, k])
  })
  return bar
}

function build(view, maps) {
  const groups = new Map()
  for (const map of maps) groups.set(names_of(map), [...(groups.get(names_of(map)) ?? []), map])
  view.drawn = []; view.icons = []
  view.root.replaceChildren(...[...groups].map(([key, some]) => {
    const group = make('div', 'group'), sheet = make('div', 'sheet')
    for (const map of some) {
      const figure = make('figure'), caption = make('figcaption'), canvas = make('canvas', 'map')
      canvas.setAttribute('role', 'img')
      caption.append(make('b', '', map.title), make('span', 'quiet', map.note))
      figure.append(caption, canvas)
      sheet.append(figure)
      view.drawn.push({ canvas, map })
    }
    group.append(legend(view, key, some[0].names), sheet)
    return group
  }))
}

function all(view) {
  view.drawn.forEach(one => paint(view, one))
  for (const [icon, k] of view.icons) {
    const c = icon.getContext('2d')
    c.clearRect(0, 0, 24, 24)
    mark(c, theme(icon), k, shape => shape(c, 12, 12, 8))
  }
}

export default function ({ data, parentElement }) {
  let view = parts.get(parentElement)
  if (!view) {
    parts.set(parentElement, view = { root: parentElement.querySelector('.root'), only: new Map(), drawn: [], icons: [] })
    view.resize = new ResizeObserver(() => all(view))
  }
  const text = JSON.stringify(data)
  if (text !== view.text) { view.text = text; build(view, data.maps) }
  view.resize.observe(view.root)
  all(view)                            // the theme may have changed
  return () => view.resize.disconnect()
}
