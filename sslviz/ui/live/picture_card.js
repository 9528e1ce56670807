// Pictures from left to right, what is done to each from top to bottom, and panels about the one that is chosen.
const SIGNS = { target: 'pseudo-label', answer: 'model’s answer', hidden: 'hidden' }

function image(source, className = 'thumb') {
  const node = make('img', className, '', { src: source, alt: '', draggable: false })
  return node
}

// ---- left: one column a picture ---------------------------------------------------------------------------------

function chip(cell) {
  const node = make('div', `chip ${cell.kind || 'none'}`)
  node.append(make('span', cell.wrong ? 'wrong' : '', cell.text))
  if (cell.title) node.title = cell.title
  return node
}

function lattice(card) {
  const { data: d } = card, node = make('div', 'lattice'), heads = make('div', 'heads')
  node.style.setProperty('--n', d.columns.length)
  node.style.setProperty('--rows', d.heads.length)
  d.heads.forEach(([kind, text]) => heads.append(make('span', kind, text)))
  node.append(heads)
  d.columns.forEach((column, i) => {
    const group = make('div', 'column')
    group.setAttribute('role', 'group')
    group.setAttribute('aria-label', column.name)
    column.cells.forEach((cell, row) => {
      const place = make('div', 'cell')
      if (row === 0) {
        const button = make('button', 'pick', '', { type: 'button', title: column.name, onclick: () => select(card, i) })
        button.dataset.column = i
        button.setAttribute('aria-label', `${column.name}: look closer`)
        if (cell.image) button.append(image(cell.image))
        place.append(button, make('span', 'name', cell.text || column.name))
      } else {
        if (cell.image) place.append(image(cell.image))
        if (cell.text) place.append(chip(cell))
      }
      if (cell.title) place.title = cell.title
      group.append(place)
    })
    node.append(group)
  })
  return node
}

// ---- right: panels ----------------------------------------------------------------------------------------------

function tile(card, k, panel, one, i) {
  const acts = panel.act === 'press' || panel.act === 'swap'
  const node = make(acts ? 'button' : 'div', `tile ${one.kind || ''}${one.wrong ? ' off' : ''}${one.right ? ' on' : ''}`)
  if (one.image) node.append(image(one.image, 'piece'))
  if (one.text) node.append(make('span', `mark ${one.kind || ''}`, one.text))
  if (one.title) { node.title = one.title; node.setAttribute(acts ? 'aria-label' : 'data-title', one.title) }
  if (!acts) return node
  node.type = 'button'
  node.dataset.tile = i
  if (panel.act === 'press') {
    if (one.pressed !== undefined) node.setAttribute('aria-pressed', one.pressed)
    node.onclick = () => card.send({ kind: 'press', panel: k, index: i })
    return node
  }
  const held = card.held[k] === i
  node.setAttribute('aria-pressed', held)
  node.draggable = true
  node.onclick = () => take(card, k, i)
  node.ondragstart = event => { card.held[k] = i; event.dataTransfer.setData('text/plain', `${i}`); event.dataTransfer.effectAllowed = 'move' }
  node.ondragover = event => { if (card.held[k] !== undefined) event.preventDefault() }
  node.ondrop = event => { event.preventDefault(); take(card, k, i) }
  node.ondragend = () => { delete card.held[k]; mark(card) }
  node.onkeydown = event => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: panel.columns, ArrowUp: -panel.columns }[event.key]
    if (!by) return
    event.preventDefault()
    node.parentElement.children[i + by]?.focus()
  }
  return node
}

// The first press takes a tile, the second puts it in the other's place.
function take(card, k, i) {
  const other = card.held[k]
  if (other === undefined) card.held[k] = i
  else {
    delete card.held[k]
    if (other !== i) {
      const { tiles } = card.data.panels[k]
      ;[tiles[other], tiles[i]] = [tiles[i], tiles[other]]       // at once; Python then says what it means
      card.send({ kind: 'swap', panel: k, a: other, b: i })
      redraw(card, k)
    }
  }
  mark(card)
}

const PANELS = {
  tiles(card, panel, k) {
    const node = make('div', 'tiles')
    node.style.setProperty('--columns', panel.columns)
    panel.tiles.forEach((one, i) => node.append(tile(card, k, panel, one, i)))
    return node
  },
  bars(card, panel) {
    const node = make('div', 'rows')
    panel.rows.forEach(row => {
      const line = make('div', 'row'), track = make('div', 'track'), bar = make('i', row.kind || '')
      bar.style.width = `${100 * Math.max(0, Math.min(1, row.value ?? 0))}%`
      track.append(bar)
      if (panel.line) {
        const chance = make('i', 'chance', '', { title: panel.line.name })
        chance.style.left = `${100 * panel.line.value}%`
        track.append(chance)
      }
      line.append(make('span', `who ${row.kind === 'target' ? 'label' : row.kind === 'answer' ? 'guess' : ''}`, row.name), track, make('b', '', row.text))
      node.append(line)
    })
    if (panel.line) node.append(make('p', 'note', `┊ ${panel.line.name}`))
    return node
  },
  strips(card, panel) {
    const node = make('div', 'rows')
    panel.rows.forEach(row => {
      const line = make('div', 'strip'), pictures = make('div', 'pictures')
      row.images.forEach(source => pictures.append(image(source, 'small')))
      if (row.fade) pictures.style.opacity = 1 - row.fade
      if (row.title) line.title = row.title
      line.append(make('b', `who ${row.kind === 'target' ? 'label' : row.kind === 'answer' ? 'guess' : ''}`, row.name), pictures, make('span', 'quiet', row.text || ''))
      node.append(line)
    })
    return node
  },
  meters(card, panel) {
    const node = make('div', 'rows')
    panel.rows.forEach(row => {
      const line = make('div', 'meter'), track = make('div', 'track'), low = row.low ?? 0, span = (row.high ?? 1) - low
      const at = value => `${100 * Math.max(0, Math.min(1, (value - low) / span))}%`
      const bar = make('i', row.kind || '')
      bar.style.width = row.value === null ? 0 : at(row.value)
      track.append(bar)
      const words = make('div', 'marks')
      ;(row.marks || []).forEach(([value, text]) => {
        const tick = make('i', 'chance', '', { title: text }), word = make('span', '', text)
        tick.style.left = at(value)
        word.style.setProperty('--at', at(value))
        track.append(tick)
        words.append(word)
      })
      line.append(make('span', 'who', row.name), make('b', '', row.text), track, words)
      node.append(line)
    })
    return node
  },
}

function one_panel(card, panel, k) {
  const node = make('section', `panel ${panel.kind}${panel.wide ? ' wide' : ''}`), body = PANELS[panel.kind](card, panel, k)
  node.dataset.panel = k
  if (panel.title) {
    const title = heading(panel.title, panel.hint, panel.mode)
    title.id = `p${k}`
    body.setAttribute('aria-labelledby', title.id)
    node.append(title)
  }
  body.setAttribute('role', 'group')
  node.append(body)
  if (panel.note) node.append(make('p', 'note', panel.note))
  return node
}

function redraw(card, k) {
  const old = card.root.querySelector(`[data-panel="${k}"]`), at = old && [...old.querySelectorAll('.tile')].indexOf(card.root.getRootNode().activeElement)
  if (!old) return
  const fresh = one_panel(card, card.data.panels[k], k)
  old.replaceWith(fresh)
  if (at >= 0) fresh.querySelectorAll('.tile')[at]?.focus({ preventScroll: true })
}

// ---- all together -----------------------------------------------------------------------------------------------

function mark(card) {
  card.root.querySelectorAll('.pick').forEach(node => node.setAttribute('aria-pressed', +node.dataset.column === card.selected))
  card.root.querySelectorAll('.panel').forEach(panel => {
    const k = +panel.dataset.panel
    if (card.data.panels[k].act === 'swap') panel.querySelectorAll('.tile').forEach((node, i) => node.setAttribute('aria-pressed', card.held[k] === i))
  })
}

function select(card, i) {
  if (i === card.selected) return
  card.selected = i
  card.held = {}
  mark(card)                                   // in this frame; Python then sends the panels of this picture
  card.send({ kind: 'select', index: i })
}

// What has the focus, so that it has it again once all is drawn anew.
function focus_of(card) {
  const active = card.root.getRootNode().activeElement
  if (!active || !card.root.contains(active)) return ''
  if (active.dataset.column !== undefined) return `[data-column="${active.dataset.column}"]`
  const panel = active.closest('.panel')
  return panel && active.dataset.tile !== undefined ? `[data-panel="${panel.dataset.panel}"] [data-tile="${active.dataset.tile}"]` : ''
}

function draw(card) {
  const { data: d, root } = card, held = focus_of(card)
  const grid = make('div', 'card'), left = make('div'), right = make('div', 'panels')
  if (d.model) left.append(heading(d.title || '', d.hint || '', d.model))
  left.append(lattice(card))
  if (d.note) left.append(make('p', 'note', d.note))
  if (d.formula) left.append(make('p', 'formula', d.formula.symbols), make('p', 'formula quiet', d.formula.numbers))
  d.panels.forEach((panel, k) => right.append(one_panel(card, panel, k)))
  grid.append(left, right)
  root.replaceChildren(grid)
  mark(card)
  if (held) root.querySelector(held)?.focus({ preventScroll: true })
}

export default function ({ data, parentElement, setTriggerValue }) {
  let card = parts.get(parentElement)
  if (!card) parts.set(parentElement, card = { root: parentElement.querySelector('.root'), held: {} })
  card.send = value => setTriggerValue('event', { ...value, id: card.data.id })
  const said = JSON.stringify(data)
  if (said === card.said) return
  // A message that left Python before the visitor's click must not undo it.
  if (card.data?.id !== data.id || data.selected !== card.told) { card.selected = data.selected; card.held = {} }
  Object.assign(card, { said, told: data.selected, data: structuredClone(data) })
  draw(card)
}
