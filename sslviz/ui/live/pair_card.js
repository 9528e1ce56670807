// Two views of each picture. Left: how they were made. Middle: which pairs are labelled "same". Right: what the model finds.
const side = (n, i) => (i < n ? 'first' : 'second')

// Cut the pixels of the frame into small canvases' worth of image data.
function receive(data) {
  const { header, bytes, at } = unframe(data), { n, size } = header, length = size * size * 3
  const picture = k => {
    const rgba = new ImageData(size, size)
    for (let p = 0; p < size * size; p++) rgba.data.set([bytes[at + k * length + 3 * p], bytes[at + k * length + 3 * p + 1], bytes[at + k * length + 3 * p + 2], 255], 4 * p)
    return rgba
  }
  const range = (from, count) => Array.from({ length: count }, (_, k) => picture(from + k))
  return { ...header, originals: range(0, n), views: range(n, 2 * n), stagePictures: range(3 * n, 2 * header.stages) }
}

function thumb(image, className = 'thumb') {
  const canvas = make('canvas', className, '', { width: image.width, height: image.height })
  canvas.getContext('2d').putImageData(image, 0, 0)
  canvas.setAttribute('aria-hidden', 'true')
  return canvas
}

const partner = (d, i) => (i + d.n) % (2 * d.n)
const called = (d, i) => `${side(d.n, i)} view of ${d.names[i % d.n]}`
const best = (d, i) => d.similar[i].reduce((top, value, j) => (j !== i && (top < 0 || value > d.similar[i][top]) ? j : top), -1)
const confusable = (d, i, j) => d.confusable.some(([a, b]) => (i % d.n === a && j % d.n === b) || (i % d.n === b && j % d.n === a))

// ---- left: pictures, their views, label and answer --------------------------------------------------------------

function lattice(card) {
  const { data: d } = card, node = make('div', 'lattice'), heads = make('div', 'heads')
  node.style.setProperty('--n', d.n)
  for (const [kind, text] of [['', 'Picture'], ['', 'First view'], ['', 'Second view'], ['label', 'Pseudo-label'], ['guess', 'Model’s answer']]) heads.append(make('span', kind, text))
  node.append(heads)
  for (let p = 0; p < d.n; p++) {
    const column = make('div', 'column'), original = make('div', 'original', '', { title: d.names[p] })
    column.setAttribute('role', 'group'); column.setAttribute('aria-label', d.names[p])
    original.append(thumb(d.originals[p]), make('span', 'name', d.names[p]))
    const views = [p, p + d.n].map(i => {
      const button = make('button', 'view', '', { type: 'button', onclick: () => select(card, i) })
      button.dataset.view = i
      button.setAttribute('aria-label', `${called(d, i)}: compare with all others`)
      button.append(thumb(d.views[i]))
      return button
    })
    const found = d.similar && best(d, p), right = found === p + d.n
    const answer = make('div', d.similar ? 'chip answer' : 'chip none', d.similar ? '' : '…')
    if (d.similar) { answer.append(make('b', '', right ? '✓' : '✕'), make('span', right ? '' : 'wrong', right ? 'same' : d.names[found % d.n])); answer.title = `Most alike to the first view: ${called(d, found)}` }
    column.append(original, ...views, make('div', 'chip target', 'same'), answer)
    node.append(column)
  }
  return node
}

// What was drawn for the chosen picture, and the picture after each step.
function recipe(card) {
  const { data: d, selected } = card, p = selected % d.n, node = make('div', 'recipe')
  const fits = d.stages && d.selected % d.n === p                      // the stages on hand are those of this picture
  node.append(heading(`How the two views of ${d.names[p]} were made`, 'the numbers were drawn by chance'))
  for (const v of [0, 1]) {
    const row = make('ol')
    row.setAttribute('aria-label', `${v ? 'second' : 'first'} view`)
    d.steps[p + v * d.n].forEach((step, k) => {
      const item = make('li', step.applied ? '' : 'skipped'), words = make('div')
      words.append(make('b', '', step.name), make('span', '', step.applied ? step.text : step.text || 'not this time'))
      if (d.stages) item.append(fits ? thumb(d.stagePictures[v * d.stages + k], 'stage') : make('i', 'stage'))
      item.append(words)
      row.append(item)
    })
    node.append(row)
  }
  return node
}

// ---- the two matrices -------------------------------------------------------------------------------------------

function matrix(card, kind, label) {
  const { data: d } = card, count = 2 * d.n, node = make('div', `matrix ${kind}`, '', { tabIndex: 0 })
  node.style.setProperty('--count', count)
  node.setAttribute('role', 'img'); node.setAttribute('aria-label', `${label} Arrow keys read the cells, Enter chooses a row.`)
  node.append(make('i'), ...d.views.map(image => thumb(image, 'edge')))
  for (let i = 0; i < count; i++) {
    node.append(thumb(d.views[i], 'edge'))
    const top = kind === 'similar' ? best(d, i) : -1
    for (let j = 0; j < count; j++) node.append(cell(d, kind, i, j, top))
  }
  const at = e => (e.target.dataset.i === undefined ? null : [+e.target.dataset.i, +e.target.dataset.j])
  node.onpointermove = e => { const spot = at(e); if (spot) read(card, ...spot) }
  node.onpointerleave = node.onblur = () => read(card)
  node.onclick = e => { const spot = at(e); if (spot) select(card, spot[0]) }
  node.onkeydown = e => {
    const way = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key]
    if (way) { const [i, j] = card.cursor ?? [card.selected, partner(d, card.selected)]; read(card, (i + way[0] + count) % count, (j + way[1] + count) % count) }
    else if (e.key === 'Enter' && card.cursor) select(card, card.cursor[0])
    else return
    e.preventDefault()
  }
  return node
}

function cell(d, kind, i, j, top) {
  const node = make('i', 'cell')
  node.dataset.i = i; node.dataset.j = j
  if (i === j) { node.classList.add('self'); return node }
  if (j === partner(d, i)) node.classList.add('same')
  if (kind === 'pairs') {
    if (j === partner(d, i)) node.textContent = 'S'
    else if (confusable(d, i, j)) { node.classList.add('confusable'); node.textContent = '⚑' }
  } else {
    node.style.setProperty('--share', `${Math.round(58 * Math.max(0, d.similar[i][j]))}%`)
    if (j === top) node.textContent = j === partner(d, i) ? '✓' : '✕'
  }
  return node
}

// Say in words what a cell holds; without a cell, what the chosen row holds.
function read(card, i, j) {
  const { data: d, root } = card
  card.cursor = i === undefined ? null : [i, j]
  root.querySelectorAll('.cursor').forEach(node => node.classList.remove('cursor'))
  if (i !== undefined) root.querySelectorAll(`[data-i="${i}"][data-j="${j}"]`).forEach(node => node.classList.add('cursor'))
  const a = i ?? card.selected, b = j ?? partner(d, a)
  let label = a === b ? `${called(d, a)} with itself: left out` : `${called(d, a)} and ${called(d, b)}: ${b === partner(d, a) ? 'same' : 'different'}`
  if (a !== b && confusable(d, a, b)) label += '. A person might call them the same; the label says different'
  card.pairWords.textContent = label + '.'
  if (!d.similar) return
  const found = best(d, a)
  if (a === b) card.modelWords.textContent = 'A view is never compared with itself.'
  else if (i !== undefined) card.modelWords.textContent = `Cosine ${d.similar[a][b].toFixed(2)}${d.share ? `, ${percent(d.share[a][b])} of the row’s probability` : ''}.`
  else {
    const share = d.share ? ` The right one gets ${percent(d.share[a][partner(d, a)])} of the probability${d.loss_anchor?.[a] != null ? `: loss ${d.loss_anchor[a].toFixed(2)}` : ''}.` : ''
    card.modelWords.textContent = `Most alike to the ${called(d, a)}: the ${called(d, found)} ${found === partner(d, a) ? '✓' : '✕'} (cosine ${d.similar[a][found].toFixed(2)}).${share}`
  }
}

// ---- all together -----------------------------------------------------------------------------------------------

function mark(card) {
  const { root, selected, data: d } = card
  root.querySelectorAll('.view').forEach(node => {
    node.setAttribute('aria-pressed', +node.dataset.view === selected)
    node.classList.toggle('partner', +node.dataset.view === partner(d, selected))
  })
  root.querySelectorAll('.cell').forEach(node => node.classList.toggle('anchor', +node.dataset.i === selected))
  root.querySelectorAll('.matrix').forEach(node => node.querySelectorAll('.edge').forEach((edge, k) => {
    edge.classList.toggle('chosen', k - 2 * d.n === selected)
    edge.classList.toggle('partner', k === partner(d, selected))
  }))
  card.recipe.replaceWith(card.recipe = recipe(card))
  read(card)
}

function select(card, i) {
  if (i === card.selected) return
  card.selected = i
  mark(card)                                   // in this frame; Python then sends the stages of this picture
  card.send({ kind: 'select', index: i })
}

function draw(card) {
  const { data: d, root } = card, active = root.getRootNode().activeElement
  const held = !root.contains(active) ? null : active.dataset.view !== undefined ? `[data-view="${active.dataset.view}"]` : active.classList.contains('matrix') ? `.${active.classList[1]}` : null
  const grid = make('div', 'card'), left = make('div'), middle = make('div'), right = make('div')
  card.recipe = recipe(card)
  card.pairWords = make('p', 'note words', '', { role: 'status' }); card.modelWords = make('p', 'note words', '', { role: 'status' })
  left.append(lattice(card), card.recipe)
  const key = make('p', 'note key')
  const entries = [['same', 'S', 'same'], ['', '', 'different'], ['self', '', 'itself, left out'], ['confusable', '⚑', 'a person might say same']]
  for (const [kind, sign, words] of entries.slice(0, d.confusable.length ? 4 : 3)) {
    const entry = make('span')
    entry.append(make('b', `swatch ${kind}`, sign), words)
    key.append(entry)
  }
  middle.append(heading('Pseudo-label:', 'which are two views of one picture'), matrix(card, 'pairs', 'Pseudo-label: same for the two views of one picture, different for all others.'), key, card.pairWords)
  right.append(heading('Model:', 'how alike it finds them now', d.model))
  if (d.similar) {
    const right_rows = d.similar.filter((_, i) => best(d, i) === partner(d, i)).length, scale = make('p', 'note key')
    const bar = make('span')
    bar.append('cosine 0', make('i', 'scale'), '1')
    scale.append(bar, make('span', '', '✓ ✕ the most alike of its row'), make('span', '', 'blue outline: same'))
    right.append(matrix(card, 'similar', `The model finds the right partner in ${right_rows} of ${2 * d.n} rows.`), scale, card.modelWords)
  } else right.append(make('p', 'note', 'The model’s answer comes in a moment.'))
  if (d.note) left.append(make('p', 'note', d.note))
  if (d.formula) left.append(make('p', 'formula', d.formula.symbols), make('p', 'formula quiet', d.formula.numbers))
  grid.append(left, middle, right)
  root.replaceChildren(grid)
  mark(card)
  if (held) root.querySelector(held)?.focus({ preventScroll: true })
}

export default function ({ data, parentElement, setTriggerValue }) {
  let card = parts.get(parentElement)
  if (!card) parts.set(parentElement, card = { root: parentElement.querySelector('.root') })
  card.send = value => setTriggerValue('event', value)
  const same = card.bytes?.length === data.length && card.bytes.every((byte, k) => byte === data[k])
  if (same) return
  const next = receive(data)
  // A frame that left Python before the visitor's click must not undo it.
  if (card.data?.id !== next.id || next.selected !== card.told) card.selected = next.selected
  Object.assign(card, { bytes: data.slice(), data: next, told: next.selected })
  draw(card)
}
