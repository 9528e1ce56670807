// Pictures for sale, without their classes. They are chosen here, without a round trip, and bought all at once.
let last = null                                  // the choice outlives its nodes: another task, another page, and back

function at(card) {
  return card.goods.indexOf(card.root.getRootNode().activeElement)
}

function move(card, event) {
  const across = card.goods.findIndex((node, i) => i && node.offsetTop !== card.goods[0].offsetTop)
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key], last = card.goods.length - 1
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : at(card) + by
  if (!(to >= 0 && to <= last)) return
  event.preventDefault()
  card.goods[to].focus()
}

// One stop for the Tab key; the arrow keys go on from there.
function stop(card, i) {
  card.goods.forEach((node, k) => { node.tabIndex = k === i ? 0 : -1 })
}

function toggle(card, i) {
  const place = card.chosen.indexOf(i)
  card.over = false
  if (place >= 0) card.chosen.splice(place, 1)
  else if (card.chosen.length < card.data.budget) card.chosen.push(i)
  else card.over = true
  mark(card)
}

function mark(card) {
  const { data: d, chosen } = card, full = chosen.length === d.budget, waits = d.busy || card.sent
  card.goods.forEach((node, i) => node.setAttribute('aria-pressed', chosen.includes(i)))
  card.grid.classList.toggle('full', full)
  const count = `${chosen.length} of ${d.budget} chosen`
  const said = card.over ? `${count}. Give one back before you take another.` : count
  if (card.count.textContent !== said) card.count.textContent = said
  card.buy.disabled = !full || waits
  card.buy.textContent = waits ? 'Buying …' : 'Buy these'
  card.clear.disabled = !chosen.length
}

function buy(card) {
  if (card.chosen.length !== card.data.budget || card.data.busy || card.sent) return
  card.sent = true                               // until Python has taken it or said why not
  card.over = false
  mark(card)
  card.send({ kind: 'buy', id: card.data.id, cells: [...card.chosen] })
}

function empty(card) {
  const first = card.chosen[0] ?? 0
  card.chosen = []
  card.over = false
  mark(card)
  card.goods[first].focus({ preventScroll: true })   // the button pressed is disabled now, and the focus would be lost
}

function build(card) {
  const { data: d, root } = card, rows = Math.ceil(d.count / d.columns)
  card.grid = make('div', 'grid')
  card.grid.setAttribute('role', 'group')
  card.grid.setAttribute('aria-label', `${d.count} pictures for sale; arrow keys move, Space chooses`)
  card.grid.style.setProperty('--sheet', `url(${d.sheet})`)
  card.grid.style.setProperty('--size', `${100 * d.columns}% ${100 * rows}%`)
  card.goods = Array.from({ length: d.count }, (_, i) => {
    const node = make('button', 'good', '', { type: 'button', onclick: () => toggle(card, i), onfocus: () => stop(card, i) })
    const picture = make('span', 'picture')
    const [x, y] = [i % d.columns / Math.max(1, d.columns - 1), Math.floor(i / d.columns) / Math.max(1, rows - 1)]
    picture.style.backgroundPosition = `${100 * x}% ${100 * y}%`
    node.setAttribute('aria-label', `picture ${i + 1}`)
    node.append(picture)
    return node
  })
  card.grid.append(...card.goods)
  card.grid.onkeydown = event => { if (event.key in ARROWS || event.key === 'Home' || event.key === 'End') move(card, event) }
  card.count = make('span', 'count')
  card.count.setAttribute('aria-live', 'polite')
  card.buy = make('button', 'buy', '', { type: 'button', onclick: () => buy(card) })
  card.clear = make('button', 'plain', 'Start over', { type: 'button', onclick: () => empty(card) })
  const bar = make('div', 'bar')
  bar.append(card.buy, card.clear, card.count)
  root.replaceChildren(heading(d.title, d.hint), card.grid, bar)
  stop(card, 0)
}

export default function ({ data, parentElement, setTriggerValue }) {
  let card = parts.get(parentElement)
  if (!card) parts.set(parentElement, card = { root: parentElement.querySelector('.root') })
  card.send = value => setTriggerValue('event', value)
  const old = card.data, kept = last?.data.id === data.id ? last.chosen : data.chosen
  card.data = data
  if (old?.turn !== data.turn) card.sent = false
  if (old?.id !== data.id) {
    Object.assign(card, { chosen: [...kept], over: false, sent: false })
    build(card)
  }
  if (card.chosen.length > data.budget) card.chosen.length = data.budget     // the first ones stay
  if (old?.budget !== data.budget) card.over = false
  last = card
  mark(card)
}
