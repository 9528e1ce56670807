// A recording from its wave down to the model's answers, all on one axis of time, and what is behind one of its steps.

const SAY = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

function row(card, kind, text, hint = '') {
  const name = make('div', `name ${kind}`, text)
  if (hint) name.append(make('small', 'quiet', hint))
  card.lines.append(name)
}

function cells(card, className, fill) {
  const line = make('div', `line ${className}`)
  card.data.steps.forEach((step, t) => line.append(fill(step, t)))
  card.lines.append(line)
}

function wave(card) {
  const { data: d } = card, n = d.wave.length, line = make('div', 'line wide')
  const svg = draw_svg(line, 'svg', { viewBox: `0 -100 ${n} 200`, preserveAspectRatio: 'none', class: 'wave', role: 'img', 'aria-label': `Wave of ${d.name}` })
  const top = d.wave.map(([, high], i) => `${i},${-high}`), low = d.wave.map(([down], i) => `${i},${-down}`).reverse()
  draw_svg(svg, 'polygon', { points: [...top, ...low].join(' ') })
  spans(card, line)
  card.lines.append(line)
}

// The covered spans as hatched boxes over a row.
function spans(card, line, solid = false) {
  const { steps } = card.data, n = steps.length
  for (let t = 0; t < n; t++) {
    if (!steps[t].masked || (t && steps[t - 1].masked)) continue
    let end = t
    while (end < n && steps[end].masked) end++
    const box = make('i', solid ? 'span solid' : 'span')
    Object.assign(box.style, { left: `${100 * t / n}%`, width: `${100 * (end - t) / n}%` })
    line.append(box)
    if (end >= n) break
    t = end
  }
}

function mel(card, covered) {
  const line = make('div', 'line wide'), picture = make('img', 'mel')
  picture.src = card.data.mel
  picture.alt = covered ? 'What the model hears: the covered spans are missing' : 'How loud each band of frequencies is, low ones below'
  line.append(picture)
  spans(card, line, covered)
  card.lines.append(line)
}

// Codes have colours of their own, neither blue nor orange; the number says the same.
function colour(node, group, entry) {
  node.style.setProperty('--hue', `var(--code${entry % 8})`)
  if (Math.floor(entry / 8) % 2) node.classList.add('pale')
}

function code_of(node, code) {
  code.forEach((entry, group) => {
    const number = make('b', 'code', `${entry + 1}`)
    colour(number, group, entry)
    node.append(number)
  })
  return node
}

function step_button(card, t, className) {
  const node = make('button', className, '', { type: 'button', onclick: () => select(card, t) })
  node.dataset.step = t
  return node
}

function lattice(card) {
  const { data: d } = card
  const node = make('div', 'lattice')
  node.style.setProperty('--steps', d.steps.length)
  card.lines = node
  row(card, '', 'Recording', `${SAY.format(d.seconds)} s`)
  wave(card)
  row(card, '', 'Log-mel', 'high sounds on top')
  mel(card, false)
  row(card, '', 'The model hears', d.covered)
  mel(card, true)
  row(card, 'label', 'Pseudo-label: codes', `${d.groups} numbers every 20 ms`)
  cells(card, 'codes', (step, t) => {
    const chip = code_of(step_button(card, t, `chip ${step.masked ? 'target' : 'heard'}`), step.code)
    const words = `step ${t + 1}, ${SAY.format(t * .02)} s: code ${step.code.map(one => one + 1).join('·')}${step.masked ? ', covered' : ', heard'}`
    chip.title = words
    chip.setAttribute('aria-label', words)
    return chip
  })
  row(card, 'guess', 'Model’s answer', d.score)
  cells(card, 'answers', step => {
    if (!step.answer) return make('span', 'none')
    const chip = make('div', `chip answer${step.answer.right ? '' : ' off'}`)
    chip.append(make('span', 'sign', step.answer.right ? '✓' : '✕'))
    if (!step.answer.right) step.answer.code.forEach(entry => chip.append(make('span', 'wrong', `${entry + 1}`)))
    chip.title = step.answer.title
    return chip
  })
  return node
}

function player(title, source, hint) {
  const node = make('figure', 'player'), sound = make('audio')
  sound.controls = true
  sound.preload = 'metadata'
  sound.src = source
  sound.setAttribute('aria-label', title)
  node.append(make('figcaption', '', title), sound)
  if (hint) node.append(make('small', 'quiet', hint))
  return node
}

function candidates(card) {
  const { asked } = card.data, node = make('section', 'panel')
  node.append(heading(asked.title, asked.hint))
  const rows = make('div', 'rows')
  for (const one of asked.rows) {
    const line = make('div', `row${one.gone ? ' gone' : ''}`), track = make('div', 'track'), bar = make('i', one.kind)
    bar.style.width = `${100 * one.p}%`
    track.append(bar)
    const name = code_of(make('span', `chip ${one.kind === 'target' ? 'target' : 'other'} small`), one.code)
    line.append(make('span', one.kind === 'target' ? 'label' : 'quiet', one.from), name, track, make('b', one.picked ? 'guess' : '', one.text))
    rows.append(line)
  }
  node.append(rows)
  if (asked.note) node.append(make('p', 'note', asked.note))
  return node
}

function behind(card) {
  const { behind: b } = card.data, node = make('section', 'panel')
  node.append(heading(b.title, b.hint))
  const chosen = code_of(make('span', 'chip target small'), b.code)
  node.append(chosen)
  b.sounds.forEach(one => node.append(player(one.title, one.source, one.hint)))
  if (b.note) node.append(make('p', 'note', b.note))
  return node
}

function usage(card) {
  const { usage: u } = card.data, node = make('section', 'panel')
  node.append(heading(u.title, u.hint))
  u.groups.forEach((shares, group) => {
    const chart = make('div', 'chart'), top = Math.max(...shares, 2 / shares.length)
    chart.setAttribute('role', 'img')
    chart.setAttribute('aria-label', `Group ${group + 1}: ${shares.filter(one => one > 0).length} of ${shares.length} entries are used`)
    chart.style.setProperty('--n', shares.length)
    shares.forEach((share, entry) => {
      const bar = make('i', share > 0 ? 'code' : 'unused')
      bar.style.height = `${Math.max(3, 100 * share / top)}%`
      bar.title = `group ${group + 1}, entry ${entry + 1}: ${SAY.format(100 * share)} % of the steps`
      if (share > 0) colour(bar, group, entry)
      chart.append(bar)
    })
    const even = make('em', 'even', '')
    even.style.bottom = `${100 / shares.length / top}%`
    chart.append(even)
    node.append(make('small', 'quiet', `group ${group + 1}, entries 1 to ${shares.length}`), chart)
  })
  node.append(make('p', 'note', u.note))
  return node
}

function mark(card) {
  card.root.querySelectorAll('[data-step]').forEach(node => node.setAttribute('aria-pressed', +node.dataset.step === card.selected))
}

function select(card, t) {
  if (t === card.selected) return
  card.selected = t
  mark(card)                                   // in this frame; Python then sends what is behind this step
  card.send({ kind: 'select', index: t })
}

// A sound that plays goes on when only numbers around it change.
function players(card) {
  const key = JSON.stringify(card.data.sounds)
  if (card.players_key === key) return card.players
  const node = make('div', 'players')
  card.data.sounds.forEach(one => node.append(player(one.title, one.source, one.hint)))
  Object.assign(card, { players_key: key, players: node })
  return node
}

function draw(card) {
  const { data: d, root } = card
  const active = root.getRootNode().activeElement, held = active && root.contains(active) ? active.dataset.step : undefined
  const at = root.querySelector('.scroll')?.scrollLeft ?? 0
  if (!card.frame) {
    card.head = make('div')
    card.place = make('div')
    card.scroll = make('div', 'scroll', '', { tabIndex: 0 })
    card.scroll.setAttribute('role', 'region')
    card.scroll.setAttribute('aria-label', 'The recording over time')
    card.panels = make('div', 'panels')
    card.foot = make('div')
    root.replaceChildren(card.head, card.place, card.scroll, card.panels, card.foot)
    card.frame = true
  }
  card.head.replaceChildren(heading(d.name, d.hint, d.model))
  const own = players(card)
  if (card.place.firstChild !== own) card.place.replaceChildren(own)
  card.scroll.replaceChildren(lattice(card))
  card.scroll.scrollLeft = at
  if (card.shown !== d.id) {                   // on a phone the first covered step may lie out of sight
    card.shown = d.id
    const chosen = card.scroll.querySelector(`[data-step="${card.selected}"]`)
    if (chosen) requestAnimationFrame(() => { card.scroll.scrollLeft = chosen.parentElement.offsetLeft + chosen.offsetLeft - card.scroll.clientWidth / 2 })
  }
  card.panels.replaceChildren(candidates(card), behind(card), usage(card))
  card.foot.replaceChildren(...(d.note ? [make('p', 'note', d.note)] : []))
  if (d.formula) card.foot.append(...[0, 1].map(i => make('p', i ? 'formula quiet' : 'formula', d.formula.map(one => one[i]).join('\n'))))
  mark(card)
  if (held !== undefined) root.querySelector(`[data-step="${held}"]`)?.focus({ preventScroll: true })
}

export default function ({ data, parentElement, setTriggerValue }) {
  let card = parts.get(parentElement)
  if (!card) parts.set(parentElement, card = { root: parentElement.querySelector('.root') })
  card.send = value => setTriggerValue('event', { ...value, id: card.data.id })
  const said = JSON.stringify(data)
  if (said === card.said) return
  // A message that left Python before the visitor's click must not undo it.
  if (card.data?.id !== data.id || data.selected !== card.told) card.selected = data.selected
  Object.assign(card, { said, told: data.selected, data })
  draw(card)
}
