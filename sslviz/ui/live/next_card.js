// A sentence that is its own label: one column a place, the word that goes in above the word that follows.
// Beside it the causal mask: row = place, column = what that place may look at.
const SIDE = 146                     // px, the mask at most
const NAMED = 14                     // places; beyond, the mask's rows are too thin for words

const cell = data => Math.max(5, Math.min(18, Math.floor(SIDE / data.words.length)))
const maskWidth = data => cell(data) * data.words.length + (data.words.length > NAMED ? 0 : 70)

function bands({ data, root }) {
  const all = data.words.map((_, i) => i), room = root.clientWidth
  if (room <= PHONE) return [all]
  ruler.font = '600 16px "Source Sans", sans-serif'
  const wide = word => ruler.measureText(word).width
  const widths = all.map(i => Math.min(137, Math.max(62, wide(data.words[i]) + 31, wide(data.target[i]) + 27, wide(data.answers[i][0][0]) + 45)))
  return shared_out(widths, room - maskWidth(data) - 220 - 100 - 56)
}

function select(card, i, focus = false) {
  card.selected = i
  draw(card)
  if (focus) card.root.querySelector(`[data-word="${i}"] .raw`)?.focus({ preventScroll: true })
}

function column(card, i) {
  const { data, selected } = card, word = data.words[i], target = data.target[i], best = data.answers[i][0][0]
  const later = i > selected, here = i === selected
  const node = make('div', `word${here ? ' selected' : ''}${later ? ' later' : ''}`)
  node.dataset.word = i
  node.setAttribute('role', 'group'); node.setAttribute('aria-label', `place ${i + 1}, ${word}`)
  node.onclick = () => select(card, i, true)
  const raw = make('button', `chip raw${i ? '' : ' special'}`)
  raw.append(make('span', data.known[i] ? '' : 'unknown', word))
  raw.title = data.known[i] ? (word.length > 12 ? word : '') : `“${word}” is not in the vocabulary: the model sees [UNK]`
  raw.setAttribute('aria-pressed', here)
  const label = make('div', 'chip target'), answer = make('div', 'chip answer')
  label.append(make('span', '', target)); label.title = target.length > 12 ? target : ''
  answer.append(make('b', '', best === target ? '✓' : '✕'), make('span', best === target ? '' : 'wrong', best))
  node.append(raw, make('div', 'did', here ? '● asks' : later ? '▨ not seen' : 'seen'), label, answer)
  return node
}

// The triangle. Hatched ground is what may not be looked at; on it lie the cells that may.
function mask(card) {
  const { data, selected } = card, n = data.words.length, size = cell(data), node = make('div', 'masked')
  const named = n <= NAMED, box = make('div', `mask${named ? ' named' : ''}`)
  box.style.setProperty('--n', n); box.style.setProperty('--cell', `${size}px`)
  box.setAttribute('role', 'img')
  box.setAttribute('aria-label', `Causal mask, ${n} rows and ${n} columns, a filled triangle. Row ${selected + 1} may look at columns 1 to ${selected + 1} only.`)
  const ground = make('div', 'ground')
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= Math.min(n - 1, row + 1); column++) {
      const asked = column > row
      if (asked && row !== selected) continue
      const square = make('i', asked ? 'asked' : row === selected ? 'see now' : 'see')
      square.style.gridArea = `${row + 1} / ${column + 1}`
      ground.append(square)
    }
  }
  ground.onclick = event => {
    const y = event.clientY - ground.getBoundingClientRect().top - 1
    select(card, Math.max(0, Math.min(n - 1, Math.floor(y / size))))
  }
  if (named) {
    const across = make('div', 'across'), down = make('div', 'down')
    data.words.forEach((word, i) => {
      across.append(make('span', i <= selected ? 'now' : '', word))
      down.append(make('span', i === selected ? 'now' : '', word))
    })
    box.append(across, down)
  }
  box.append(ground)
  node.append(heading('Causal mask', 'row looks at column'), box)
  return node
}

// The five best words at one place; the word that follows in blue with ✓ and a filled bar, the others outlined.
function panel({ data, selected: i }) {
  const node = make('div', 'answers'), target = data.target[i], list = make('ol'), best = data.answers[i]
  node.append(heading(`Five best after “${data.words[i]}”`, '', data.model))
  for (const [word, p] of best) {
    const right = word === target, row = make('li', right ? '' : 'other'), bar = make('i', 'bar')
    bar.style.width = `${Math.max(1, 100 * p)}%`
    const track = make('span', 'track'); track.append(bar)
    row.append(make('span', right ? 'label name' : 'name', right ? `${word} ✓` : word, { title: word }), track, make('span', 'quiet', percent(p)))
    list.append(row)
  }
  const found = best.some(([word]) => word === target) ? '✓ marks the pseudo-label.' : `The pseudo-label “${target}” is not among them.`
  node.append(list, make('p', 'note', `${found} Loss here: −ln p = ${data.loss[i].toFixed(2)}.`))
  return node
}

const round = number => (number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString('en'))

function words({ data }) {
  const n = data.words.length, node = make('div', 'told')
  node.append(make('p', 'note', `${n} places, ${n} labels, all asked at once: the sentence, moved by one. ⟨begin⟩ and ⟨end⟩ mark where it starts and stops; after ⟨end⟩ nothing follows, so it has no label and does not go in. The causal mask has a row for each place: what is filled it may look at, what is hatched is hidden from it, the blue square is the word that is asked for (none in the last row, since ⟨end⟩ does not go in).`))
  const line = make('p', 'note perplexity', 'Perplexity of this sentence, as unsure as among so many words: ')
  data.perplexity.forEach(([who, number], i) => line.append(i ? ' · ' : '', make('span', i ? '' : 'guess', `${who} ${round(number)}`)))
  node.append(line)
  const unknown = data.words.filter((_, i) => !data.known[i])
  if (unknown.length) node.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK], which it never met in training, and [UNK] is asked for: ${unknown.join(', ')}.`))
  if (data.formula) node.append(make('p', 'formula', data.formula.symbols), make('p', 'formula numbers', data.formula.numbers))
  return node
}

function draw(card) {
  const { data, root, selected } = card, active = root.getRootNode().activeElement
  const held = root.contains(active) ? active.closest('.word')?.dataset.word : undefined
  const left = make('div', 'left'), all = make('div', 'bands'), split = bands(card)
  if (split.length > 1) all.classList.add('many')
  for (const band of split) {
    const lattice = make('div', 'lattice'), heads = make('div', 'heads')
    lattice.style.setProperty('--n', band.length)
    for (const [kind, text] of [['', 'Goes in'], ['', `At place ${selected + 1}`], ['label', 'Pseudo-label'], ['guess', 'Model’s answer']]) heads.append(make('span', kind, text))
    lattice.append(heads, ...band.map(i => column(card, i)))
    all.append(lattice)
  }
  left.append(all, words(card))
  const grid = make('div', 'card')
  grid.append(left, mask(card), panel(card))
  root.replaceChildren(grid)
  if (held !== undefined) root.querySelector(`[data-word="${held}"] .raw`)?.focus({ preventScroll: true })
}

// Arrow keys walk along the sentence.
function walk(card, event) {
  const by = ARROWS[event.key]
  if (!by || !event.target.classList.contains('raw')) return
  event.preventDefault()
  select(card, Math.max(0, Math.min(card.data.words.length - 1, card.selected + by)), true)
}

export default function ({ data, parentElement }) {
  let card = parts.get(parentElement)
  if (!card) {
    card = { root: parentElement.querySelector('.root'), text: '', width: 0 }
    parts.set(parentElement, card)
    card.root.onkeydown = event => walk(card, event)
    card.resize = new ResizeObserver(() => { if (card.root.clientWidth !== card.width) { card.width = card.root.clientWidth; draw(card) } })
    card.resize.observe(card.root)
  }
  const text = JSON.stringify(data)
  if (text !== card.text) {
    if (card.data?.id !== data.id) card.selected = Math.min(3, data.words.length - 1)   // a place with something to look at
    Object.assign(card, { text, data })
    draw(card)
  }
  return () => card.resize.disconnect()
}
