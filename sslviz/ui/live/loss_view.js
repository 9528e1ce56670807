// Loss over steps. Dashed lines are what simple answers cost; the shaded gap is what was learned beyond guessing.
const EDGE = { left: 44, right: 12, top: 10, bottom: 36 }
const number = (value, data) => value.toFixed(data.unit === 'squared error' ? 3 : 2)
const ROOM = 2.2   // of a loss whose first steps are far above any simple answer, so many times that answer is drawn

// A round distance between ticks: 1, 2, 2.5 or 5 times a power of ten.
function round_step(range, count) {
  const raw = range / count, power = 10 ** Math.floor(Math.log10(raw))
  return power * [1, 2, 2.5, 5, 10].find(k => k * power >= raw)
}

function range({ curve, held, baselines }) {
  const chance = baselines.find(b => b.kind === 'chance') ?? baselines[0]
  const values = [...curve, ...held].map(p => p[1]), all = [...values, ...(chance ? [chance.value] : [])]
  const most = Math.max(...all, ...(all.length ? [] : [1])), simple = Math.max(0, ...baselines.map(b => b.value))
  const high = simple && most > 2 * ROOM * simple ? ROOM * simple : most, low = Math.min(...values, ...baselines.map(b => b.value), high)
  const bottom = !values.length || low < .7 * high ? 0 : low - .35 * (high - low) - .05   // zoom in only where little happens
  return { chance, bottom: Math.max(0, bottom), top: high + .09 * (high - Math.max(0, bottom)), most, cut: high < most }
}

// A place for each line's name: just above its line, else below, else further off; never on another name or line.
function places(lines, low, high) {
  const rows = []
  lines.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]).forEach(([y, i]) => {
    const free = row => row > low && row < high && rows.every(other => Math.abs(other - row) >= 14) && lines.every(line => line < row - 11 || line > row + 2)
    rows[i] = [-5, 14, -20, 29, -35, 44].map(by => y + by).find(free) ?? y - 5
  })
  return rows
}

function draw(view) {
  const { data, svg } = view, w = svg.clientWidth || 400, h = data.height, { left, right, top, bottom } = EDGE
  const scale = range(data), curve = data.curve, last = curve.length - 1
  const x = step => left + (w - left - right) * step / data.budget
  const y = value => top + (h - top - bottom) * (scale.top - Math.min(value, scale.top)) / (scale.top - scale.bottom)
  Object.assign(view, { x, y, w })
  svg.style.height = `${h}px`; svg.setAttribute('viewBox', `0 0 ${w} ${h}`); svg.replaceChildren()
  const put = (tag, attributes, text) => draw_svg(svg, tag, attributes, text)

  const every = round_step(scale.top - scale.bottom, 4)
  for (let v = Math.ceil(scale.bottom / every) * every; v <= scale.top; v += every) {
    put('line', { class: 'axis', x1: left, x2: w - right, y1: y(v), y2: y(v) })
    put('text', { x: left - 7, y: y(v) + 4, 'text-anchor': 'end' }, +v.toFixed(2))
  }
  for (const share of [0, .5, 1]) put('text', { x: x(share * data.budget), y: h - 21, 'text-anchor': ['start', 'middle', 'end'][share * 2] }, Math.round(share * data.budget).toLocaleString('en'))
  put('text', { x: (left + w - right) / 2, y: h - 5, 'text-anchor': 'middle' }, 'training steps')
  put('text', { transform: `translate(11 ${(top + h - bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, `loss (${data.unit})`)

  if (last > 0 && scale.chance) {
    const line = curve.map(([s, v]) => `${x(s)},${Math.max(y(v), y(scale.chance.value))}`).join(' ')
    put('polygon', { class: 'below', points: `${x(curve[0][0])},${y(scale.chance.value)} ${line} ${x(curve[last][0])},${y(scale.chance.value)}` })
  }
  const shown = data.baselines.filter(b => b.value >= scale.bottom && b.value <= scale.top)
  for (const b of shown) put('line', { class: `base ${b.kind}`, x1: left, x2: w - right, y1: y(b.value), y2: y(b.value) })
  if (curve.length) put('polyline', { class: 'curve', points: curve.map(([s, v]) => `${x(s)},${y(v)}`).join(' ') })
  if (data.held.length) {
    put('polyline', { class: 'held', points: data.held.map(([s, v]) => `${x(s)},${y(v)}`).join(' ') })
    for (const [s, v] of data.held) put('circle', { class: 'held', cx: x(s), cy: y(v), r: 2.7 })
  }
  if (scale.cut) put('text', { class: 'name', x: left + 8, y: top + 11 }, `↑ up to ${number(scale.most, data)} at first`)
  const names = shown.map(b => (b.name.includes('=') ? b.name : `${b.name} = ${number(b.value, data)}`))
  const rows = places(shown.map(b => y(b.value)), top + 8, h - bottom)
  names.forEach((name, i) => put('text', { class: 'name', x: w - right, y: rows[i], 'text-anchor': 'end' }, name))
  view.rows = names.map((name, i) => [rows[i], w - right - 6.2 * name.length])

  svg.setAttribute('aria-label', last < 0 ? data.empty : `Loss ${number(curve[last][1], data)} at step ${curve[last][0]}. ${names.join('. ')}. Arrow keys read any step.`)
  if (last < 0) { put('text', { class: 'empty', x: (left + w - right) / 2, y: h / 2, 'text-anchor': 'middle' }, data.empty); return }
  view.cross = put('line', { class: 'cross', y1: top, y2: h - bottom })
  view.dot = put('circle', { class: 'now', r: 4.5 })
  view.read = put('text', { class: 'read' })
  read(view, view.at === null ? last : Math.min(view.at, last))
}

function read(view, i) {
  const { data, x, y, w } = view, [step, value] = data.curve[i], last = i === data.curve.length - 1
  const near = x(step) > w - 150, beside = near ? -9 : 9, set = (node, values) => Object.entries(values).forEach(([k, v]) => node.setAttribute(k, v))
  set(view.dot, { cx: x(step), cy: y(value) })
  set(view.cross, { x1: x(step), x2: x(step), opacity: last && view.at === null ? 0 : 1 })
  // Above the dot, unless the name of a line stands there.
  const taken = yy => view.rows.some(([row, from]) => Math.abs(row - yy) < 14 && x(step) + beside + (near ? 0 : 90) > from)
  const spot = [-10, 20, -26, 34, -42, 50, -58, 66].map(by => y(value) + by).find(yy => yy > EDGE.top + 8 && yy < data.height - EDGE.bottom && !taken(yy)) ?? y(value) - 10
  set(view.read, { x: x(step) + beside, y: spot, 'text-anchor': near ? 'end' : 'start' })
  view.read.textContent = last && view.at === null ? number(value, data) : `step ${step.toLocaleString('en')}: ${number(value, data)}`
}

function build(root) {
  const view = { root, at: null, text: '', legend: make('div', 'legend'), said: make('span', 'said-only', '', { role: 'status' }) }
  const head = make('div', 'head')
  view.title = make('h2')
  view.svg = draw_svg(root, 'svg', { role: 'img', tabindex: 0 })
  head.append(view.title, view.legend)
  root.prepend(head); root.append(view.said)
  const nearest = step => view.data.curve.reduce((best, p, i, all) => (Math.abs(p[0] - step) < Math.abs(all[best][0] - step) ? i : best), 0)
  const show = i => { if (view.data.curve.length) { view.at = i; read(view, i ?? view.data.curve.length - 1) } }
  view.svg.onpointermove = e => {
    if (view.data.curve.length) show(nearest((e.clientX - view.svg.getBoundingClientRect().left - EDGE.left) / (view.w - EDGE.left - EDGE.right) * view.data.budget))
  }
  view.svg.onpointerleave = view.svg.onblur = () => show(null)
  view.svg.onkeydown = e => {
    const last = view.data.curve.length - 1, by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -last, End: last }[e.key]
    if (!by || last < 0) return
    e.preventDefault()
    show(Math.max(0, Math.min(last, (view.at ?? last) + by)))
    view.said.textContent = view.read.textContent
  }
  view.resize = new ResizeObserver(() => view.data && draw(view))
  view.resize.observe(root)
  return view
}

function legend(view) {
  const sign = (inside, text) => {
    const item = make('span', 'item'), svg = draw_svg(item, 'svg', { width: 22, height: 12, 'aria-hidden': true })
    inside.forEach(([tag, attributes]) => draw_svg(svg, tag, attributes))
    item.append(text)
    return item
  }
  view.legend.replaceChildren(sign([['line', { class: 'curve', x1: 1, x2: 21, y1: 6, y2: 6 }]], 'training batches'))
  if (view.data.held.length) view.legend.append(sign([['line', { class: 'held', x1: 1, x2: 21, y1: 6, y2: 6 }], ['circle', { class: 'held', cx: 11, cy: 6, r: 2.7 }]], 'held-out'))
}

export default function ({ data, parentElement }) {
  let view = parts.get(parentElement)
  if (!view) parts.set(parentElement, view = build(parentElement.querySelector('.root')))
  const text = JSON.stringify(data)
  if (text !== view.text) {
    Object.assign(view, { text, data })
    view.title.replaceChildren(...heading('Loss', data.baselines.length ? 'shaded: learned beyond guessing' : '', data.mode).childNodes)
    legend(view)
    draw(view)
  }
  return () => view.resize.disconnect()
}
