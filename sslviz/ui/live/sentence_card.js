// A pair of sentences: where both are from, the coin, the whole input with its segments, the label, who says what.
const HEADS = [['', 'Raw pair'], ['', 'What was done'], ['', 'What the model sees'], ['label', 'Pseudo-label']]
const FATE = { hide: '▨ hidden', swap: '⇄ swapped', keep: '= kept' }

const now = card => card.side ?? card.data.drawn
const best = p => (p[1] > p[0] ? 1 : 0)

function turn(card) {
  card.side = 1 - now(card)
  draw(card)                          // both sides are here already: label, input and answer change in this very frame
}

function quote(letter, text, from) {
  const node = make('div', 'quote')
  node.append(make('b', 'letter', letter), make('q', '', text))
  if (from) node.append(make('span', 'from', from))
  return node
}

function raw(data) {
  const node = make('div', 'raw-pair')
  node.append(quote('A', data.a, data.from ?? ''), quote(data.own ? 'B' : 'next', data.follows, ''))
  return node
}

// What was done; both sides lie on top of each other, so that the card keeps its height when the coin is turned.
function done(card, side) {
  const { data } = card, step = data.steps[side], node = make('div', 'step'), told = make('p', 'told')
  const coin = `${side === data.drawn ? 'The coin' : 'You'} said: ${side ? 'replace B' : 'leave B as it is'}. `
  told.append(data.own ? step.text : coin + step.text)
  node.append(told)
  if (step.b) node.append(quote('B', step.b, step.from))
  return node
}

function button(card) {
  const { data } = card, side = now(card)
  const text = data.own ? (side ? 'Say that B follows' : 'Say that B does not follow') : side ? 'Put the true one back' : 'Replace B'
  return make('button', 'plain turn', `⇄ ${text}`, { onclick: () => turn(card) })
}

function token(one, marks) {
  const special = !one.how && /^\[(CLS|SEP)\]$/.test(one.word)
  const chip = make('span', `token ${one.how}${special ? ' special' : ''}${/^\[/.test(one.sees) ? ' code' : ''}`)
  chip.append(make('span', one.unknown ? 'unknown' : '', one.sees))
  const band = make('span', `band ${one.b ? 'b' : 'a'}`)
  band.append(make('span', '', one.b ? 'B' : 'A'))
  const node = make('span', 'piece')
  node.append(chip, band)
  if (marks) node.append(make('span', 'both', one.both ? '◆' : ''))
  if (one.unknown) node.title = `“${one.word}” is not in the vocabulary: the model sees [UNK]`
  return node
}

function strip(card, side) {
  const { data } = card, node = make('div', 'strip')
  node.setAttribute('role', 'img')
  node.setAttribute('aria-label', `The input: ${data.tokens[side].map(one => one.sees).join(' ')}`)
  node.append(...data.tokens[side].map(one => token(one, data.marks)))
  return node
}

// Both sides in one place; the one that is not up takes room and nothing else.
function stacked(card, view) {
  const node = make('div', 'stacked')
  for (const side of [0, 1]) {
    const one = view(card, side)
    if (side !== now(card)) { one.classList.add('under'); one.setAttribute('aria-hidden', 'true') }
    node.append(one)
  }
  return node
}

function bands(data, side) {
  const node = make('p', 'note')
  const piece = (kind, text) => { const band = make('span', `band ${kind}`); band.append(make('span', '', text)); return band }
  node.append(piece('a', 'A'), ' ', piece('b', 'B'), ' segment embeddings: one vector is added to every token of [CLS] A [SEP], another to every token of B [SEP].')
  if (data.marks) node.append(' ◆ stands in both sentences: a third vector is added.')
  if (data.tokens[side].some(one => one.unknown)) node.append(' [UNK] is a word that the vocabulary lacks.')
  const hidden = data.hidden[side]
  if (hidden.length) {
    node.append(' To be named besides, as in Masked words: ')
    hidden.forEach(([word, how], i) => node.append(i ? ', ' : '', '“', make('span', 'label', word), `” ${FATE[how].split(' ').join('\u00a0')}`))
    node.append('.')
  }
  return node
}

function labels(card) {
  const { data } = card, side = now(card), p = data.answers[side], said = best(p), right = said === side
  const target = make('div', 'chip target'), answer = make('div', 'chip answer')
  target.append(make('span', '', data.labels[side]))
  answer.append(make('b', '', right ? '✓' : '✕'), make('span', right ? '' : 'wrong', data.labels[said]), make('span', '', percent(p[said])))
  const node = make('div', 'labels')
  node.append(target, make('span', 'head guess', 'Model’s answer'), answer)
  return node
}

// What the model and the two counters say of this very pair.
function panel(card) {
  const { data } = card, side = now(card), node = make('div', 'answers')
  node.append(heading('How likely is each?', '', data.model))
  const list = make('ol')
  data.labels.forEach((name, i) => {
    const row = make('li', i === side ? '' : 'other'), track = make('span', 'track'), bar = make('i', 'bar')
    bar.style.width = `${Math.max(1, 100 * data.answers[side][i])}%`
    track.append(bar)
    row.append(make('span', i === side ? 'label name' : 'name', i === side ? `${name} ✓` : name), track, make('span', 'quiet', percent(data.answers[side][i])))
    list.append(row)
  })
  node.append(list, make('p', 'note', '✓ marks the pseudo-label. The same pair, by counting only:'))
  for (const { name, p, why } of data.others[side]) {
    const one = make('p', 'other-way'), said = p >= .5 ? 0 : 1
    one.append(make('b', '', name), ` ${said === side ? '✓' : '✕'} ${data.labels[said]} ${percent(said ? 1 - p : p)}`, make('span', 'why', why))
    node.append(one)
  }
  return node
}

function draw(card) {
  const { data, root } = card, side = now(card), held = root.contains(root.getRootNode().activeElement)
  const left = make('div', 'left'), lattice = make('div', 'lattice')
  const act = make('div', 'act')
  act.append(stacked(card, done), button(card))
  const input = make('div', 'input')
  input.append(stacked(card, strip), bands(data, side))
  const cells = [raw(data), act, input, labels(card)]
  HEADS.forEach(([kind, text], i) => lattice.append(make('span', `head ${kind}`, text), cells[i]))
  left.append(lattice)
  if (data.note) left.append(make('p', 'note', data.note))
  if (data.formula) left.append(make('p', 'formula', data.formula.symbols), make('p', 'formula numbers', data.formula.numbers[side]))
  const grid = make('div', 'card')
  grid.append(left, panel(card))
  root.replaceChildren(grid, make('p', 'said-only', card.side === null ? '' : `The label is now ${data.labels[side]}, the model’s answer ${data.labels[best(data.answers[side])]}.`, { role: 'status' }))
  if (held) root.querySelector('.turn').focus({ preventScroll: true })
}

export default function ({ data, parentElement }) {
  let card = parts.get(parentElement)
  if (!card) {
    card = { root: parentElement.querySelector('.root'), side: null, text: '' }
    parts.set(parentElement, card)
  }
  const text = JSON.stringify(data)
  if (text === card.text) return
  if (card.data?.id !== data.id) card.side = null      // another pair or label: the coin lies as it was drawn
  Object.assign(card, { text, data })
  draw(card)
}
