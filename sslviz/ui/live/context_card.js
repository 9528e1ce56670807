// A sentence and the window of one of its words: raw words, what is kept, the window, the labels, their noise, answers.
// With `lists` instead of a sentence: rows of words, each with a bar for its cosine.
const HEADS = [['', 'Raw sentence'], ['', 'Kept with chance'], ['', 'Window'], ['label', 'Pseudo-label'], ['', 'Its noise words'], ['guess', 'Model’s answer']]

const now = card => card.data.steps[card.centre]
const number = value => (value < .005 ? '<.01' : value > .995 && value < 1 ? '>.99' : value.toFixed(2).replace(/^0/, ''))
const share = value => (value >= .0995 ? `${Math.round(100 * value)} %` : `${(100 * value).toPrecision(2)} %`)
const signed = by => (by < 0 ? `−${-by}` : `+${by}`)

function bands(card) {
  const { words, how } = card.data, room = card.root.clientWidth
  if (room <= PHONE || !room) return [words.map((_, i) => i)]
  ruler.font = '16px "Source Sans", sans-serif'
  const widths = words.map((word, i) => (how[i] === 'mark' ? 24 : Math.min(128, Math.max(84, ruler.measureText(word).width + 33))))
  return shared_out(widths, room - 290 - 123)
}

const picked = card => now(card)?.labels[card.pair]
const said = card => card.data.answers[card.centre]?.[card.pair]

// The word that the model scores highest among a label and its noise words, as [text, right].
function best(label, answer) {
  if (answer.best < 0) return ['all alike', false]
  return answer.best ? [label.noise[answer.best - 1], false] : [label.word, true]
}

function choose(card, centre, pair = 0) {
  if (card.drawing || (card.centre === centre && card.pair === pair)) return   // putting the focus back is no choice
  Object.assign(card, { centre, pair })
  draw(card)
}

// Drawn in the cell between raw word and label: how far this word lies from the centre, and the window's bracket.
function place(card, i) {
  const step = now(card), { how } = card.data
  if (!step) return make('div', 'win')
  const near = step.near.find(([its]) => its === i), places = [step.place, ...step.near.map(([its]) => its)]
  const first = Math.min(...places), last = Math.max(...places), node = make('div', 'win')
  if (i >= first && i <= last && step.near.length) node.classList.add('in', ...(i === first ? ['first'] : []), ...(i === last ? ['last'] : []))
  if (i === step.place) node.append(make('b', 'centre', 'centre'), make('span', '', `R = ${step.radius}`))
  else if (near) node.append(make('span', '', signed(near[1])))
  else if (i > first && i < last && how[i]) node.append(make('span', 'skip', 'skipped'))
  return node
}

function kept(card, i) {
  const { data } = card, how = data.how[i], node = make('div', 'did')
  if (how === 'mark') return node
  if (how === 'out') return Object.assign(node, { textContent: 'left out' })
  node.textContent = how === 'drop' ? `✕ ${share(data.keep[i])}` : share(data.keep[i])
  node.title = `${share(data.share[i])} of all words are “${data.words[i].toLowerCase()}”, so it is kept with a chance of ${share(data.keep[i])}`
  return node
}

function column(card, i, at) {
  const { data } = card, word = data.words[i], how = data.how[i], step = now(card)
  const centre = data.steps.findIndex(({ place }) => place === i)
  const node = make('div', 'word' + (step?.place === i ? ' selected' : ''))
  node.dataset.word = i
  node.style.setProperty('--c', at + 2)
  const raw = make(centre >= 0 ? 'button' : 'div', `chip raw ${how}`)
  raw.append(make('span', '', word))
  if (centre >= 0) {
    raw.setAttribute('aria-label', `${word}: make it the centre`)
    raw.setAttribute('aria-pressed', step?.place === i)
    raw.onclick = raw.onfocus = () => { if (card.centre !== centre) choose(card, centre) }
  }
  if (how === 'drop') raw.title = `“${word}” was dropped this time; the window reaches over it`
  if (how === 'out') raw.title = `“${word}” is not in the vocabulary`
  node.append(raw, kept(card, i), place(card, i))
  const pair = step ? step.labels.findIndex(label => label.place === i) : -1
  if (pair < 0) {
    node.append(make('div', 'chip none'), make('div', 'noise none'), make('div', 'chip none last'))
    return node
  }
  const label = step.labels[pair], answer = data.answers[card.centre][pair], [text, right] = best(label, answer)
  const target = make('div', 'chip target' + (card.fresh ? ' fresh' : ''))
  target.append(make('span', '', label.word))
  const noise = make('div', 'noise')
  label.noise.forEach((its, k) => noise.append(make('span', label.same[k] ? 'same' : '', its), ' '))
  const chip = make('button', 'chip answer' + (card.fresh ? ' fresh' : '') + (pair === card.pair ? ' looked' : ''), '', { onclick: () => choose(card, card.centre, pair) })
  chip.append(make('b', '', right ? '✓' : '✕'), make('span', right || answer.best < 0 ? '' : 'wrong', text))
  chip.setAttribute('aria-label', `Model’s answer: ${text}, ${right ? 'right' : 'wrong'}. Show the scores of this pair`)
  chip.setAttribute('aria-pressed', pair === card.pair)
  node.append(target, noise, chip)
  return node
}

// One pair: the label and its noise words with the model's score of each.
function panel(card) {
  const { data } = card, label = picked(card), answer = said(card), node = make('div', 'pair')
  const centre = data.words[now(card)?.place]
  const title = !label ? 'Scores' : data.cbow ? `Neighbours → ${label.word}` : `${centre.toLowerCase()} → ${label.word}`
  node.append(heading(title, label ? 'σ(u·v)' : '', data.model))
  if (!label) {
    node.append(make('p', 'note', data.steps.length ? 'No kept word stands within this window. Choose another centre.' : 'There is no pair to look at.'))
    return node
  }
  const list = make('ol')
  list.append(row(label.word, answer.right, 'label', '✓ near'))
  label.noise.forEach((word, k) => {
    if (label.same[k]) list.append(row(word, null, 'same', 'skipped: the label itself'))
    else list.append(row(word + (label.beside[k] ? ' ⚑' : ''), answer.noise[k], '', share(label.p[k])))
  })
  const words = answer.best < 0 ? 'All scores are the same: nothing is learned yet.'
    : answer.best ? `✕ “${label.noise[answer.best - 1]}” scores highest, though it was only drawn.` : '✓ The label scores above all of its noise words.'
  const flag = label.beside.some((beside, k) => beside && !label.same[k]) ? ' ⚑ stands in this window, too: noise may be a real neighbour.' : ''
  node.append(list, make('p', 'note', `${words}${flag} Loss ${answer.loss.toFixed(2)}. Right: the chance to be drawn as noise.`))
  return node
}

function row(word, score, kind, aside) {
  const node = make('li', kind), track = make('span', 'track')
  node.append(make('span', kind === 'label' ? 'label name' : 'name', word, { title: word }))
  if (score === null) return node.append(make('span', 'quiet wide', aside)), node
  const bar = make('i', 'bar')
  bar.style.width = `${Math.max(1, 100 * score)}%`
  track.append(bar)
  node.append(track, make('span', '', number(score)), make('span', 'quiet', aside))
  return node
}

function draw(card) {
  const { data, root } = card, active = root.getRootNode().activeElement
  const held = root.contains(active) ? [active.closest('.word')?.dataset.word, active.classList.contains('answer')] : []
  const left = make('div', 'left'), all = make('div', 'bands'), split = bands(card)
  for (const band of split) {
    const lattice = make('div', 'lattice'), heads = make('div', 'heads')
    const labels = (now(card)?.labels ?? []).some(label => band.includes(label.place))
    lattice.style.setProperty('--n', band.length)
    if (!labels) lattice.classList.add('bare')     // no label in this band: the rows for it are left out
    for (const [r, [kind, text]] of HEADS.entries()) if (labels || r < 3) heads.append(make('span', `${kind} h${r}`, text))
    lattice.append(heads, ...band.map((i, at) => column(card, i, at)))
    all.append(lattice)
  }
  left.append(all, make('p', 'note', data.note, { role: 'status' }))
  if (data.left_out) left.append(make('p', 'note', data.left_out))
  if (data.formula) {
    left.append(make('p', 'formula', data.formula.symbols))
    const numbers = data.formula.numbers[card.centre]?.[card.pair]
    left.append(make('p', 'formula numbers', numbers ?? '= 0: this centre has no label'))
  }
  const grid = make('div', 'card')
  grid.append(left, panel(card))
  card.drawing = true
  root.replaceChildren(grid)
  if (held[0] !== undefined) {
    const word = root.querySelector(`[data-word="${held[0]}"]`)
    ;((held[1] && word?.querySelector('.answer')) || word?.querySelector('button'))?.focus({ preventScroll: true })
  }
  card.drawing = card.fresh = false
}

// Rows of words with their cosine, for the part below the card.
function lists(card) {
  const { data, root } = card, all = make('div', 'lists')
  for (const { title, hint, rows, empty } of data.lists) {
    const part = make('div', 'list'), list = make('ol')
    part.append(heading(title, hint, data.model))
    for (const [word, cosine, mark] of rows) {
      const node = row(word, Math.max(0, cosine), '', mark ?? '')
      node.children[2].textContent = cosine.toFixed(2).replace('-', '−')
      list.append(node)
    }
    part.append(rows.length ? list : make('p', 'note', empty))
    all.append(part)
  }
  root.replaceChildren(all)
}

// Arrow keys walk along the kept words.
function walk(card, event) {
  const by = ARROWS[event.key]
  if (!by || !event.target.classList.contains('raw')) return
  const buttons = [...card.root.querySelectorAll('button.raw')], next = buttons.indexOf(event.target) + by
  event.preventDefault()
  if (!buttons[next]) return
  const its = buttons[next].closest('.word').dataset.word
  buttons[next].click()
  card.root.querySelector(`[data-word="${its}"] button`)?.focus()
}

export default function ({ data, parentElement }) {
  let card = parts.get(parentElement)
  if (!card) {
    card = { root: parentElement.querySelector('.root'), text: '', width: 0 }
    parts.set(parentElement, card)
    card.root.onkeydown = event => walk(card, event)
    card.resize = new ResizeObserver(() => {
      if (card.root.clientWidth === card.width || card.data.lists) return
      card.width = card.root.clientWidth
      draw(card)
    })
    card.resize.observe(card.root)
  }
  const text = JSON.stringify(data)
  if (text !== card.text) {
    if (card.data?.id !== data.id) Object.assign(card, { centre: data.centre, pair: 0, fresh: true })
    Object.assign(card, { text, data })
    ;(data.lists ? lists : draw)(card)
  }
  return () => card.resize.disconnect()
}
