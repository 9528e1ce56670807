// A sentence as a lattice: one column a word, read downwards from raw data to the model's answer.
const HEADS = [['', 'Raw sentence'], ['', 'What was done'], ['', 'What the model sees'], ['label', 'Pseudo-label'], ['guess', 'Model’s answer']]
const NEXT = { '': 'hide', hide: 'swap', swap: 'keep', keep: '' }
const DID = { '': '', hide: '▨ hidden', swap: '⇄ swapped', keep: '= kept' }

const special = word => /^\[[A-Z]+\]$/.test(word)

function bands(card) {
  const { words } = card.data, room = card.root.clientWidth
  if (room <= PHONE || !room) return [words.map((_, i) => i)]
  ruler.font = '16px "Source Sans", sans-serif'
  const widths = words.map((word, i) => (special(word) ? 47 : Math.min(136, Math.max(card.data.can[i] ? 62 : 26, ruler.measureText(word).width + 31))))
  return shared_out(widths, room - 270 - 123)
}

const count = (data, i) => data.words.slice(0, i + 1).filter(word => !special(word)).length   // [CLS] is no word
const now = card => card.edit ?? card.data.how
const plain = (data, i) => (data.known[i] ? data.words[i].toLowerCase() : '[UNK]')

function sees(card, i) {
  const { data } = card, how = now(card)[i]
  if (how === data.how[i]) return data.sees[i]
  return { hide: '[MASK]', swap: data.swaps[i] }[how] ?? plain(data, i)
}

function change(card, i) {
  card.edit = [...now(card)]
  card.edit[i] = NEXT[card.edit[i]]
  card.selected = i
  draw(card)                                      // label and input follow in this very frame …
  card.send({ id: card.data.id, how: card.edit }) // … and Python then asks the model
}

function select(card, i) {
  if (card.selected === i) return
  card.selected = i
  card.root.querySelectorAll('.word').forEach(node => node.classList.toggle('selected', +node.dataset.word === i))
  card.panel.replaceWith(card.panel = panel(card))
}

function column(card, i) {
  const { data } = card, word = data.words[i], how = now(card)[i], before = card.shown?.[i]
  const node = make('div', 'word' + (i === card.selected ? ' selected' : ''))
  node.dataset.word = i
  node.setAttribute('role', 'group'); node.setAttribute('aria-label', special(word) ? word : `word ${count(data, i)}, ${word}`)
  const raw = make(data.can[i] ? 'button' : 'div', 'chip raw' + (special(word) ? ' special' : ''), '')
  raw.append(make('span', data.known[i] ? '' : 'unknown', word))
  raw.title = data.known[i] ? (word.length > 12 ? word : '') : `“${word}” is not in the vocabulary: the model sees [UNK]`
  if (data.can[i]) {
    raw.setAttribute('aria-label', `${word}: ${DID[how].slice(2) || 'untouched'}. Change`)
    raw.onclick = () => change(card, i)
    raw.onfocus = () => select(card, i)
  }
  const seen = make('div', `chip sees ${how}`)
  seen.append(make('span', special(sees(card, i)) ? 'code' : '', sees(card, i)))
  node.append(raw, make('div', 'did', DID[how]), seen)
  if (!how) {
    node.append(make('div', 'chip none', special(word) ? '' : '–'), make('div', 'chip none'))
    return node
  }
  const fresh = before === '' ? ' fresh' : '', target = data.target[i] ?? plain(data, i), best = data.answers[i]?.[0]?.[0]
  const waits = card.edit || data.pending || best === undefined
  const answer = make('button', `chip answer${fresh}`, '', { onclick: () => select(card, i) })
  if (waits) answer.append(make('span', '', '…'))
  else answer.append(make('b', '', best === target ? '✓' : '✕'), make('span', best === target ? '' : 'wrong', best))
  answer.setAttribute('aria-label', waits ? 'Model’s answer: waiting' : `Model’s answer: ${best}, ${best === target ? 'right' : 'wrong'}. Show its five best`)
  const label = make('div', `chip target${fresh}`, '')
  label.append(make('span', '', target))
  node.append(label, answer)
  return node
}

// The five best answers at one word; the true word in blue with ✓ and a filled bar, the others outlined.
function panel(card) {
  const { data, selected: i } = card, node = make('div', 'answers'), how = now(card)[i]
  const target = how ? data.target[i] ?? plain(data, i) : null, best = how && !card.edit && !data.pending ? data.answers[i] : null
  node.append(heading(how ? `Five best at word ${count(data, i)}` : 'Five best answers', '', data.model))
  if (!how) {
    node.append(make('p', 'note', `The model is asked only where something was chosen. ${data.can[i] ? `“${data.words[i]}” is not chosen.` : ''}`))
    return node
  }
  const list = make('ol')
  for (const [word, p] of best ?? Array(5).fill(['…', 0])) {
    const right = word === target, row = make('li', right ? '' : 'other'), bar = make('i', 'bar')
    bar.style.width = `${Math.max(1, 100 * p)}%`
    const name = make('span', right ? 'label name' : 'name', right ? `${word} ✓` : word, { title: word })
    const track = make('span', 'track'); track.append(bar)
    row.append(name, track, make('span', 'quiet', best ? percent(p) : ''))
    list.append(row)
  }
  const loss = data.loss[i]
  let words = best ? (best.some(([word]) => word === target) ? '✓ marks the pseudo-label.' : `The pseudo-label “${target}” is not among them.`) : 'Asking the model …'
  if (best && loss !== null) words += ` Loss here: −ln p = ${loss.toFixed(2)}.`
  node.append(list, make('p', 'note', words))
  return node
}

function draw(card) {
  const { data, root } = card, active = root.getRootNode().activeElement
  const held = root.contains(active) ? [active.closest('.word')?.dataset.word, active.classList.contains('answer')] : []
  const left = make('div', 'left'), all = make('div', 'bands')
  const split = bands(card)
  if (split.length > 1) all.classList.add('many')
  for (const band of split) {
    const lattice = make('div', 'lattice'), heads = make('div', 'heads')
    lattice.style.setProperty('--n', band.length)
    for (const [kind, text] of HEADS) heads.append(make('span', kind, text))
    lattice.append(heads, ...band.map(i => column(card, i)))
    all.append(lattice)
  }
  const unknown = data.words.filter((_, i) => !data.known[i])
  const share = make('p', 'note', card.edit ? 'Asking the model about your change …' : data.share, { role: 'status' })
  left.append(all, share)
  if (unknown.length) left.append(make('p', 'note', `Not in the vocabulary, so the model sees [UNK]: ${unknown.join(', ')}.`))
  if (data.formula) {
    left.append(make('p', 'formula', data.formula.symbols))
    if (!card.edit) left.append(make('p', 'formula numbers', data.formula.numbers))
  }
  const grid = make('div', 'card')
  grid.append(left, card.panel = panel(card))
  root.replaceChildren(grid)
  card.shown = [...now(card)]
  if (held[0] !== undefined) {
    const word = root.querySelector(`[data-word="${held[0]}"]`)
    ;((held[1] && word?.querySelector('.answer')) || word?.querySelector('button'))?.focus({ preventScroll: true })
  }
}

// Arrow keys walk along the sentence.
function walk(card, event) {
  const by = ARROWS[event.key]
  if (!by || !event.target.classList.contains('raw')) return
  const buttons = [...card.root.querySelectorAll('button.raw')], next = buttons[buttons.indexOf(event.target) + by]
  event.preventDefault()
  next?.focus()
}

export default function ({ data, parentElement, setStateValue }) {
  let card = parts.get(parentElement)
  if (!card) {
    card = { root: parentElement.querySelector('.root'), edit: null, text: '', width: 0 }
    parts.set(parentElement, card)
    card.root.onkeydown = event => walk(card, event)
    card.resize = new ResizeObserver(() => { if (card.root.clientWidth !== card.width) { card.width = card.root.clientWidth; draw(card) } })
    card.resize.observe(card.root)
  }
  card.send = value => setStateValue('edit', value)
  const text = JSON.stringify(data)
  if (text !== card.text) {
    if (card.data?.id !== data.id) {
      const first = data.how.findIndex(how => how)
      Object.assign(card, { edit: null, shown: null, selected: first >= 0 ? first : Math.max(0, data.can.indexOf(true)) })
    }
    if (card.edit?.join() === data.how.join()) card.edit = null    // Python has caught up with the visitor
    Object.assign(card, { text, data })
    draw(card)
  }
  return () => card.resize.disconnect()
}
