// A few frames in the order in which they are shown: to be sorted, with what is said of them below, and clips that play.
const TICK = 420, HOLD = 2, LOOPS = 2          // ms a frame, frames that the last one stays, times that a clip plays by itself

// ---- the frames, and what is said of each -------------------------------------------------------------------------

function chip(cell) {
  const node = make('div', `chip ${cell.kind || 'none'}`)
  node.append(make('span', cell.wrong ? 'wrong' : '', cell.text))
  if (cell.title) node.title = cell.title
  return node
}

function frame(card, i) {
  const one = card.data.frames[i], node = make(card.data.act ? 'button' : 'div', 'frame')
  node.append(make('img', 'film', '', { src: one.image, alt: card.data.act ? '' : one.title, draggable: false }))
  if (one.name) node.append(make('span', 'mark', one.name))
  if (!card.data.act) return node
  node.type = 'button'
  node.dataset.frame = i
  node.setAttribute('aria-label', `place ${i + 1}: ${one.title}`)
  node.setAttribute('aria-pressed', card.held === i)
  node.draggable = true
  node.onclick = () => take(card, i)
  node.ondragstart = event => { card.held = i; event.dataTransfer.setData('text/plain', `${i}`); event.dataTransfer.effectAllowed = 'move' }
  node.ondragover = event => { if (card.held !== undefined) event.preventDefault() }
  node.ondrop = event => { event.preventDefault(); take(card, i) }
  node.ondragend = () => { card.held = undefined; mark(card) }
  node.onkeydown = event => {
    if (!(event.key in ARROWS)) return
    event.preventDefault()
    card.root.querySelector(`[data-frame="${i + ARROWS[event.key]}"]`)?.focus()
  }
  return node
}

// The first press takes a frame, the second puts it in the other's place.
function take(card, i) {
  const other = card.held, { frames } = card.data
  card.held = other === undefined ? i : undefined
  if (other !== undefined && other !== i) {
    [frames[other], frames[i]] = [frames[i], frames[other]]              // at once; Python then says what it means
    ;[card.order[other], card.order[i]] = [card.order[i], card.order[other]]
    const own = card.data.players.find(one => one.follows)
    if (own) own.frames = frames.map(one => one.image)
    if (!card.data.submit) card.send({ kind: 'swap', a: other, b: i })
    const at = card.root.getRootNode().activeElement?.dataset?.frame
    draw(card)
    if (at !== undefined) card.root.querySelector(`[data-frame="${at}"]`)?.focus({ preventScroll: true })
  }
  mark(card)
}

function mark(card) {
  card.root.querySelectorAll('button.frame').forEach((node, i) => node.setAttribute('aria-pressed', card.held === i))
}

function lattice(card) {
  const { data: d } = card, node = make('div', 'lattice')
  node.style.setProperty('--n', d.frames.length)
  if (d.head) node.append(make('span', 'head', d.head))
  d.frames.forEach((_, i) => node.append(frame(card, i)))
  d.rows.forEach(row => {
    node.append(make('span', `head ${row.kind || ''}`, row.head))
    row.cells.forEach(cell => {
      const place = make('div', 'cell')
      if (cell.span) place.style.gridColumn = `span ${cell.span}`
      if (cell.image) place.append(make('img', 'seen', '', { src: cell.image, alt: cell.title || '' }))
      if (cell.text) place.append(chip(cell))
      node.append(place)
    })
  })
  return node
}

// ---- clips that play ----------------------------------------------------------------------------------------------

function player(card, one, k) {
  const node = make('figure', `player ${one.kind || ''}`)
  node.append(make('img', 'film', '', { src: one.frames[0], alt: `${one.title}, ${one.frames.length} frames one after the other` }))
  const words = make('figcaption'), head = make('b', one.kind === 'target' ? 'label' : one.kind === 'answer' ? 'guess' : '', one.title)
  words.append(head, make('span', 'quiet', ` ${one.text}`))
  node.append(words)
  node.dataset.player = k
  return node
}

function show(card) {
  card.data.players.forEach((one, k) => {
    const image = card.root.querySelector(`[data-player="${k}"] img`)
    if (image) image.src = one.frames[Math.min(card.at, one.frames.length - 1)]
  })
}

function run(card, loops) {
  clearInterval(card.timer)
  card.at = 0
  show(card)
  card.timer = setInterval(() => {
    if (!card.root.isConnected) return clearInterval(card.timer)
    const longest = Math.max(...card.data.players.map(one => one.frames.length)) + HOLD
    card.at += 1
    if (card.at >= longest) {
      card.at = 0
      loops -= 1
      if (loops <= 0) return halt(card)
    }
    show(card)
  }, TICK)
  says(card)
}

function halt(card) {
  clearInterval(card.timer)
  card.timer = undefined
  card.at = 0
  show(card)
  says(card)
}

function says(card) {
  const button = card.root.querySelector('.run')
  if (button) button.textContent = card.timer ? '❚❚ Stop' : '▶ Play'
}

function players(card) {
  const node = make('section', 'players'), row = make('div', 'reel')
  node.append(heading(card.data.play, card.data.play_hint || '', ''))
  card.data.players.forEach((one, k) => row.append(player(card, one, k)))
  node.append(row)
  const button = make('button', 'plain run', '▶ Play', { type: 'button', onclick: () => (card.timer ? halt(card) : run(card, 99)) })
  node.append(button)
  return node
}

// ---- what the model finds likely ----------------------------------------------------------------------------------

function bars(panel) {
  const node = make('section', 'bars'), rows = make('div', 'rows')
  node.append(heading(panel.title, panel.hint || '', panel.mode || ''))
  panel.rows.forEach(row => {
    const line = make('div', 'row'), track = make('div', 'track'), bar = make('i', row.kind || '')
    bar.style.width = `${100 * Math.max(0, Math.min(1, row.value ?? 0))}%`
    const chance = make('i', 'chance', '', { title: panel.line.name })
    chance.style.left = `${100 * panel.line.value}%`
    track.append(bar, chance)
    line.append(make('span', `who ${row.kind === 'target' ? 'label' : row.kind === 'answer' ? 'guess' : ''}`, row.name), track, make('b', '', row.text))
    rows.append(line)
  })
  node.append(rows, make('p', 'note', `┊ ${panel.line.name}`))
  return node
}

// ---- all together -------------------------------------------------------------------------------------------------

function draw(card) {
  const { data: d, root } = card, grid = make('div', d.narrow ? 'card narrow' : 'card'), left = make('div'), right = make('div', 'side')
  if (d.model) left.append(heading(d.title, d.hint, d.model))
  left.append(lattice(card))
  if (d.submit) left.append(make('button', 'plain done', d.submit, { type: 'button', onclick: () => card.send({ kind: 'done', order: card.order }) }))
  if (d.note) left.append(make('p', 'note', d.note))
  if (d.formula) left.append(make('p', 'formula', d.formula.symbols), make('p', 'formula quiet', d.formula.numbers))
  if (d.players.length) right.append(players(card))
  if (d.bars) right.append(bars(d.bars))
  grid.append(left, right)
  root.replaceChildren(grid)
  mark(card)
  show(card)
  says(card)
}

export default function ({ data, parentElement, setTriggerValue }) {
  let card = parts.get(parentElement)
  if (!card) parts.set(parentElement, card = { root: parentElement.querySelector('.root'), at: 0 })
  card.send = value => setTriggerValue('event', { ...value, id: card.data.id })
  const said = JSON.stringify(data)
  if (said === card.said) return
  const old = card.data, active = card.root.getRootNode().activeElement?.dataset?.frame
  if (old?.id !== data.id) card.held = undefined
  Object.assign(card, { said, data: structuredClone(data), order: data.frames.map((_, i) => i) })
  draw(card)
  if (active !== undefined) card.root.querySelector(`[data-frame="${active}"]`)?.focus({ preventScroll: true })
  if (data.plays && data.plays !== old?.plays && !still()) run(card, LOOPS)
  else if (card.timer && old?.id !== data.id) halt(card)
}
