// A film of an embedding. Python sends frames as they come; the view keeps them, so that the visitor can play them again.
// One scale for both axes: a t-SNE map has no axes of its own, and stretching one would invent distances.
const GLIDE = 320, EDGE = 27         // ms from frame to frame, px kept free at the border

// ---- what Python sends ------------------------------------------------------------------------------------------

function receive(view, data) {
  const { header, bytes, at } = unframe(data)
  if (header.full && (header.id !== view.id || header.first === 0)) {
    if (header.id !== view.id) Object.assign(view, { frames: [], shown: -1, follow: true, xy: null, sprite: null, focus: null, picked: null, told: null, near: [], off: new Set() })
    view.id = header.id
    view.fixed = header
  }
  if (header.id !== view.id || header.first > view.frames.length) {
    const asked = `${header.id} ${header.total}`                    // ask once a message, not for ever
    if (view.asked !== asked) { view.asked = asked; view.send({ kind: 'missing' }) }
    return
  }
  const size = 2 * header.n, raw = new Int16Array(bytes.buffer, at, header.steps.length * header.views.length * size)
  header.steps.forEach((step, f) => {
    const places = header.views.map((_, v) => Float32Array.from(raw.subarray((f * header.views.length + v) * size, (f * header.views.length + v + 1) * size), p => p * header.scales[v][f]))
    view.frames[header.first + f] = { step, places }
  })
  view.frames.length = Math.min(view.frames.length, header.total)   // a film may start again under its old name
  if (header.sprite && !view.sprite) {
    const start = at + raw.byteLength
    createImageBitmap(new Blob([bytes.subarray(start, start + header.sprite.bytes)])).then(image => { view.sprite = image; tools(view); queue(view) })
  }
  // A tick that left Python before the visitor's click must not undo it: only a new answer counts.
  if (header.picked !== view.told) view.picked = view.told = header.picked
  if (header.picked === view.picked) view.near = header.near
  view.header = header
  if (header.full) legend(view)
  tools(view)
  const last = view.frames.length - 1
  if (view.follow || view.shown > last) show(view, last); else queue(view)
}

// ---- motion -----------------------------------------------------------------------------------------------------

// The camera that shows all points: centre and pixels a unit, the same for both axes.
function fit(view, places) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < places.length; i += 2) {
    x0 = Math.min(x0, places[i]); x1 = Math.max(x1, places[i]); y0 = Math.min(y0, places[i + 1]); y1 = Math.max(y1, places[i + 1])
  }
  const { clientWidth: w, clientHeight: h } = view.canvas
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, k: Math.min((w - 2 * EDGE) / (x1 - x0 || 1), (h - 2 * EDGE) / (y1 - y0 || 1)) }
}

function show(view, frame, ms = GLIDE) {
  const to = view.frames[frame]?.places[view.projection]
  if (!to || !view.canvas.clientWidth) return
  view.scrub.max = Math.max(1, view.frames.length - 1); view.scrub.value = frame
  view.out.textContent = `step ${view.frames[frame].step.toLocaleString('en')}`
  view.scrub.setAttribute('aria-valuetext', view.out.textContent)
  if (to === view.to) return
  const camera = fit(view, to), fresh = view.xy?.length !== to.length
  if (fresh) Object.assign(view, { xy: to.slice(), camera })
  Object.assign(view, { shown: frame, to, from: view.xy.slice(), goal: camera, source: { ...view.camera }, start: performance.now(), ms: fresh || still() ? 0 : ms, moving: true })
  queue(view)
}

function move(view, time) {
  const t = view.ms ? Math.min(1, Math.max(0, (time - view.start) / view.ms)) : 1, e = t * t * (3 - 2 * t), { xy, from, to, source, goal } = view
  for (let i = 0; i < xy.length; i++) xy[i] = from[i] + e * (to[i] - from[i])
  view.camera = { x: source.x + e * (goal.x - source.x), y: source.y + e * (goal.y - source.y), k: source.k * (goal.k / source.k) ** e }
  if (t === 1) { view.moving = false; view.written = null }          // labels are chosen anew once the points rest
}

function queue(view) {
  view.raf ||= requestAnimationFrame(time => {
    view.raf = 0
    if (!view.to || !view.canvas.clientWidth) return
    if (view.moving) move(view, time)
    draw(view)
    if (view.moving) queue(view)
  })
}

// ---- drawing ----------------------------------------------------------------------------------------------------

function theme(view) {
  const style = getComputedStyle(view.canvas), get = name => style.getPropertyValue(name).trim()
  view.theme = { ink: get('--st-text-color'), paper: get('--st-background-color'), quiet: get('--st-gray-text-color'), classes: get('--st-chart-categorical-colors').split(',') }
}

function place(view) {
  const { xy, camera, zoom, canvas } = view, w = canvas.clientWidth / 2, h = canvas.clientHeight / 2, k = camera.k * zoom.k
  view.at ??= new Float32Array(xy.length)
  if (view.at.length !== xy.length) view.at = new Float32Array(xy.length)
  for (let i = 0; i < xy.length; i += 2) {
    view.at[i] = w + zoom.x + k * (xy[i] - camera.x)
    view.at[i + 1] = h + zoom.y - k * (xy[i + 1] - camera.y)
  }
}

function draw(view) {
  const { canvas, fixed, off } = view, w = canvas.clientWidth, h = canvas.clientHeight, dpr = devicePixelRatio || 1, c = canvas.getContext('2d')
  if (canvas.width !== Math.round(w * dpr) || canvas.height !== Math.round(h * dpr)) { canvas.width = Math.round(w * dpr); canvas.height = Math.round(h * dpr) }
  if (!view.theme) theme(view)
  place(view)
  c.setTransform(dpr, 0, 0, dpr, 0, 0); c.clearRect(0, 0, w, h)
  const { ink, classes } = view.theme, focus = view.focus ?? view.picked, near = focus === view.picked && focus !== null ? view.near : []
  const size = view.pictures && view.sprite ? Math.min(40, 18 * Math.sqrt(view.zoom.k)) : Math.min(7, 3.8 * Math.sqrt(view.zoom.k))
  const bright = focus === null ? null : new Set([focus, ...near])
  const paint = (members, radius) => (view.pictures && view.sprite ? pictures(view, c, members, radius) : marks(view, c, members, radius))
  const groups = fixed.names.map(() => [])
  fixed.classes.forEach((k, i) => { if (!off.has(k) && !bright?.has(i)) groups[k].push(i) })
  c.globalAlpha = bright ? .38 : 1
  groups.forEach(group => paint(group, size))
  c.globalAlpha = 1
  if (bright) {
    c.strokeStyle = ink; c.lineWidth = 1
    c.beginPath()
    for (const j of near) { c.moveTo(view.at[2 * focus], view.at[2 * focus + 1]); c.lineTo(view.at[2 * j], view.at[2 * j + 1]) }
    c.stroke()
    for (const i of bright) paint([i], size * 1.25)
    c.strokeStyle = ink
    for (const i of bright) {
      c.lineWidth = i === focus ? 2.5 : 1.5
      c.beginPath(); c.arc(view.at[2 * i], view.at[2 * i + 1], (view.pictures && view.sprite ? .9 * size : size) + (i === focus ? 6 : 4), 0, 7); c.stroke()
    }
  }
  labels(view, c, bright)
  tooltip(view, focus)
  canvas.dataset.drawn = view.shown; canvas.dataset.step = view.frames[view.shown]?.step; canvas.dataset.settled = !view.moving
  canvas.setAttribute('aria-label', `Embedding: ${fixed.n} points at step ${canvas.dataset.step}, drawn by ${view.header.views[view.projection]}. Arrow keys walk through the points, Enter picks one.`)
}

function marks(view, c, members, radius) {
  if (!members.length) return
  const k = view.fixed.classes[members[0]], shape = SHAPES[k % SHAPES.length]
  c.fillStyle = view.theme.classes[k % view.theme.classes.length]
  c.beginPath()                                        // one path a class: a thousand points cost a few fills
  for (const i of members) shape(c, view.at[2 * i], view.at[2 * i + 1], radius)
  c.fill()
}

function pictures(view, c, members, size) {
  const { cols, cell } = view.fixed.sprite
  for (const i of members) {
    const x = view.at[2 * i] - size / 2, y = view.at[2 * i + 1] - size / 2
    c.drawImage(view.sprite, (i % cols) * cell, Math.floor(i / cols) * cell, cell, cell, x, y, size, size)
    c.strokeStyle = view.theme.classes[view.fixed.classes[i] % view.theme.classes.length]; c.lineWidth = 1.5
    c.strokeRect(x, y, size, size)
  }
}

// Words, where they fit without covering each other; pictures show theirs on pointing instead.
// Of a sentence with one word in brackets, only that word has room on the map; pointing shows it whole.
const brief = label => label.match(/\[(.+?)\]/)?.[1] ?? (label.length > 22 ? `${label.slice(0, 20).trimEnd()} …` : label)

function labels(view, c, bright) {
  const { fixed, at, off } = view, { clientWidth: w, clientHeight: h } = view.canvas
  if (fixed.sprite) return
  c.font = '12px "Source Sans", sans-serif'; c.textBaseline = 'middle'; c.lineWidth = 3.5; c.lineJoin = 'round'; c.strokeStyle = view.theme.paper; c.fillStyle = view.theme.ink
  view.widths ??= fixed.labels.map(label => c.measureText(brief(label)).width)
  const taken = [], fits = i => {
    const x = at[2 * i] + 7, y = at[2 * i + 1], box = [x - 1, y - 7, x + view.widths[i] + 3, y + 7]
    if (off.has(fixed.classes[i]) || box[2] > w || box[1] < 0 || box[3] > h || taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) return false
    taken.push(box)
    return true
  }
  const chosen = bright ? [...bright].filter((i, rank) => bright.size > 1 && (fits(i) || !rank)) : (view.written ??= fixed.labels.map((_, i) => i).filter(fits))
  for (const i of chosen) {
    const x = Math.min(at[2 * i] + 7, w - view.widths[i] - 4)
    c.strokeText(brief(fixed.labels[i]), x, at[2 * i + 1]); c.fillText(brief(fixed.labels[i]), x, at[2 * i + 1])
  }
}

function tooltip(view, focus) {
  const { tip, fixed, canvas, note } = view
  const about = view.picked === null ? view.header.hint : `Nearest to “${fixed.labels[view.picked]}” for the model itself: ${view.near.map(i => fixed.labels[i]).join(' · ') || '…'}`
  if (note.textContent !== about) note.textContent = about
  tip.hidden = focus === null || view.moving && focus !== view.focus
  if (tip.hidden) return
  if (tip.dataset.of !== String(focus)) {
    tip.dataset.of = focus
    view.tipText.replaceChildren(make('b', '', fixed.labels[focus]), make('span', 'quiet', fixed.names[fixed.classes[focus]]), view.strip)
  }
  view.thumb.hidden = !view.sprite
  const near = focus === view.picked ? view.near : [], strip = view.strip.getContext('2d')
  view.strip.hidden = !view.sprite || !near.length
  if (view.sprite) {
    const { cols, cell } = fixed.sprite, copy = (c, i, x, size) => c.drawImage(view.sprite, (i % cols) * cell, Math.floor(i / cols) * cell, cell, cell, x, 0, size, size)
    view.thumb.getContext('2d').imageSmoothingEnabled = false
    copy(view.thumb.getContext('2d'), focus, 0, 64)
    strip.clearRect(0, 0, 192, 32)
    near.slice(0, 5).forEach((i, rank) => copy(strip, i, rank * 36, 32))
  }
  const x = view.at[2 * focus], y = view.at[2 * focus + 1], right = x > canvas.clientWidth - 190
  if (near.length) {                               // in the far corner, so that the lines to the neighbours stay in sight
    tip.style.left = x > canvas.clientWidth / 2 ? '6px' : `${canvas.clientWidth - tip.offsetWidth - 6}px`
    tip.style.top = '6px'
    return
  }
  tip.style.left = `${right ? x - tip.offsetWidth - 14 : x + 14}px`
  tip.style.top = `${Math.max(2, Math.min(canvas.clientHeight - tip.offsetHeight - 2, y - tip.offsetHeight / 2))}px`
}

// ---- what the visitor does --------------------------------------------------------------------------------------

const usable = (view, i) => !view.off.has(view.fixed.classes[i])

function under(view, event) {
  const box = view.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top
  let best = null, limit = 16 ** 2
  for (let i = 0; i < view.fixed.n; i++) {
    const d = (view.at[2 * i] - x) ** 2 + (view.at[2 * i + 1] - y) ** 2
    if (d < limit && usable(view, i)) { limit = d; best = i }
  }
  return best
}

// The next point in the direction of an arrow key: near, and not too far off that direction.
function step(view, dx, dy) {
  const { canvas, at } = view, from = view.focus ?? view.picked
  const x = from === null ? canvas.clientWidth / 2 : at[2 * from], y = from === null ? canvas.clientHeight / 2 : at[2 * from + 1]
  let best = from, least = Infinity
  for (let i = 0; i < view.fixed.n; i++) {
    const a = at[2 * i] - x, b = at[2 * i + 1] - y, along = a * dx + b * dy, cost = from === null ? Math.hypot(a, b) : along + 3 * Math.abs(a * dy - b * dx)
    if (i !== from && usable(view, i) && (from === null || along > .5) && cost < least) { least = cost; best = i }
  }
  return best
}

function pick(view, index) {
  Object.assign(view, { picked: index, near: [], focus: index })
  view.send({ kind: 'pick', index: index ?? -1 })
  queue(view)
}

function zoom(view, factor, x = view.canvas.clientWidth / 2, y = view.canvas.clientHeight / 2) {
  const { zoom: z, canvas } = view, k = Math.max(1, Math.min(30, z.k * factor)), f = k / z.k, cx = x - canvas.clientWidth / 2, cy = y - canvas.clientHeight / 2
  view.zoom = k === 1 ? { k: 1, x: 0, y: 0 } : { k, x: cx - f * (cx - z.x), y: cy - f * (cy - z.y) }
  view.written = null
  canvas.style.touchAction = k > 1 ? 'none' : 'pan-y'
  tools(view); queue(view)
}

function handle(view) {
  const { canvas } = view
  let drag = null
  canvas.onpointerdown = e => { drag = { x: e.clientX, y: e.clientY, from: { ...view.zoom }, moved: false } }
  canvas.onpointermove = e => {
    if (!view.at) return
    if (drag && view.zoom.k > 1 && Math.hypot(e.clientX - drag.x, e.clientY - drag.y) > 4) {
      if (!drag.moved) canvas.setPointerCapture(e.pointerId)
      drag.moved = true
      view.zoom = { ...view.zoom, x: drag.from.x + e.clientX - drag.x, y: drag.from.y + e.clientY - drag.y }
      view.written = null
    } else if (!drag) view.focus = under(view, e)
    queue(view)
  }
  canvas.onpointerup = e => {
    const dragged = drag?.moved
    drag = null
    if (!dragged && view.at) { const i = under(view, e); if (i !== null || view.picked !== null) pick(view, i) }
  }
  canvas.onpointerleave = canvas.onpointercancel = () => { drag = null; view.focus = null; queue(view) }
  canvas.onblur = () => { view.focus = null; queue(view) }
  // The wheel belongs to the page until the map was clicked; with Ctrl it always zooms.
  canvas.onwheel = e => {
    if (!e.ctrlKey && canvas.getRootNode().activeElement !== canvas) return
    e.preventDefault()
    const box = canvas.getBoundingClientRect()
    zoom(view, Math.exp(-e.deltaY / 400), e.clientX - box.left, e.clientY - box.top)
  }
  canvas.onkeydown = e => {
    if (!view.at) return
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key]
    if (way) { view.focus = step(view, ...way); if (view.focus !== null) view.said.textContent = `${view.fixed.labels[view.focus]}, ${view.fixed.names[view.fixed.classes[view.focus]]}` }
    else if (e.key === 'Enter' && view.focus !== null) pick(view, view.focus)
    else if (e.key === 'Escape') pick(view, null)
    else if (e.key === '+' || e.key === '-') zoom(view, e.key === '+' ? 1.5 : 1 / 1.5)
    else if (e.key === '0') zoom(view, 0)
    else return
    e.preventDefault(); queue(view)
  }
}

function play(view) {
  clearInterval(view.timer)
  view.playing = !view.playing
  if (view.playing) {
    const pace = Math.max(90, Math.min(400, 6000 / view.frames.length))
    let frame = view.shown < view.frames.length - 1 ? view.shown : -1
    view.follow = false
    view.timer = setInterval(() => {
      if (++frame >= view.frames.length) { view.follow = true; play(view); return }
      show(view, frame, pace * 1.3)
    }, pace)
  }
  tools(view)
}

// ---- heading, legend, controls ----------------------------------------------------------------------------------

function legend(view) {
  const { fixed } = view
  view.widths = view.written = null
  view.legend.replaceChildren(...fixed.names.map((name, k) => {
    const icon = make('canvas', '', '', { width: 24, height: 24 }), button = make('button', '', '', { type: 'button' })
    icon.setAttribute('aria-hidden', 'true')
    button.append(icon, name)
    button.setAttribute('aria-pressed', !view.off.has(k))
    button.onclick = () => {
      view.off.has(k) ? view.off.delete(k) : view.off.add(k)
      button.setAttribute('aria-pressed', !view.off.has(k))
      view.written = null
      queue(view)
    }
    return button
  }))
  icons(view)
}

function icons(view) {
  theme(view)
  view.legend.querySelectorAll('canvas').forEach((icon, k) => {
    const c = icon.getContext('2d')
    c.clearRect(0, 0, 24, 24); c.fillStyle = view.theme.classes[k % view.theme.classes.length]
    c.beginPath(); SHAPES[k % SHAPES.length](c, 12, 12, 8.5); c.fill()
  })
}

function tools(view) {
  const { header } = view
  if (!header) return
  view.title.replaceChildren(...heading('Embedding', header.title_note || 'shape and colour: classes the model never saw', header.mode).childNodes)
  view.box.style.height = `${header.height}px`
  view.buttons.forEach((button, v) => { button.hidden = header.views.length < 2; button.setAttribute('aria-pressed', v === view.projection) })
  view.film.textContent = view.playing ? 'Stop film' : 'Play film'
  view.film.disabled = view.frames.length < 2
  view.images.hidden = !view.sprite
  view.images.setAttribute('aria-pressed', Boolean(view.pictures))
  view.whole.disabled = view.zoom.k === 1
}

function build(root) {
  const view = { root, frames: [], shown: -1, projection: 0, follow: true, off: new Set(), zoom: { k: 1, x: 0, y: 0 }, picked: null, told: null, near: [], focus: null }
  const head = make('div', 'head'), row = make('div', 'row'), control = (text, onclick) => make('button', 'plain', text, { type: 'button', onclick })
  view.title = make('h2'); view.legend = make('div', 'legend'); view.box = make('div', 'plot')
  view.canvas = make('canvas', 'map', '', { tabIndex: 0 }); view.canvas.setAttribute('role', 'img'); view.canvas.setAttribute('aria-label', 'Embedding')
  view.tip = make('div', 'tip', '', { hidden: true }); view.thumb = make('canvas', '', '', { width: 64, height: 64 }); view.strip = make('canvas', '', '', { width: 176, height: 32 }); view.tipText = make('div'); view.tip.append(view.thumb, view.tipText)
  view.note = make('div', 'about'); view.said = make('span', 'said-only', '', { role: 'status' })
  view.scrub = make('input', '', '', { type: 'range', min: 0, max: 1, value: 0, ariaLabel: 'frame of the film' }); view.out = make('output')
  view.scrub.oninput = () => { if (view.playing) play(view); view.follow = +view.scrub.value >= view.frames.length - 1; show(view, +view.scrub.value) }
  view.film = control('Play film', () => play(view))
  view.buttons = ['t-SNE', 'PCA'].map((name, v) => control(name, () => { view.projection = v; tools(view); show(view, view.shown) }))
  view.images = control('Pictures', () => { view.pictures = !view.pictures; tools(view); queue(view) })
  view.whole = control('Whole map', () => zoom(view, 0))
  const smaller = control('−', () => zoom(view, 1 / 1.5)), larger = control('+', () => zoom(view, 1.5))
  smaller.ariaLabel = 'zoom out'; larger.ariaLabel = 'zoom in'
  head.append(view.title, view.legend); view.box.append(view.canvas, view.note, view.tip)
  row.append(view.out, view.scrub, view.film, ...view.buttons, view.images, smaller, larger, view.whole)
  root.replaceChildren(head, view.box, row, view.said)
  handle(view)
  view.resize = new ResizeObserver(() => {
    if (!view.canvas.clientWidth) return
    if (view.to) Object.assign(view, { camera: fit(view, view.to), goal: fit(view, view.to), written: null })
    else if (view.frames.length) show(view, view.frames.length - 1)
    queue(view)
  })
  view.resize.observe(view.box)
  return view
}

export default function ({ data, parentElement, setTriggerValue }) {
  let view = parts.get(parentElement)
  if (!view) parts.set(parentElement, view = build(parentElement.querySelector('.root')))
  view.send = value => setTriggerValue('event', value)
  receive(view, data)
  if (view.fixed) { icons(view); queue(view) }          // the theme may have changed
  return () => { cancelAnimationFrame(view.raf); clearInterval(view.timer); view.resize.disconnect() }
}
