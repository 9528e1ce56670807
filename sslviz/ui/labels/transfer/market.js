// Pictures for sale, without their classes. They are chosen here, without a round trip, and bought all at once.
import { ARROWS, focused, heading, make, set } from '../../live/shared.js'
import { view } from '../../live/view.js'

/** @import { Part, View } from '../../live/view.js' */

/**
 * What Python sends; mirrors Offer in labels/transfer/buy.py.
 * @typedef {object} Offer
 * @property {string} id  changes with what is for sale, and the choice then starts anew
 * @property {string} title
 * @property {string} hint
 * @property {string} sheet  address of one picture with all of them
 * @property {number} columns  pictures in a row of the sheet
 * @property {number} count  how many are for sale
 * @property {number} budget  how many must be chosen
 * @property {number[]} chosen  the choice that a new browser page begins with
 * @property {boolean} busy  a purchase goes on
 * @property {number} turn  changes with every purchase that Python has taken or refused
 */

/** @typedef {Part<Offer> & Choice & Nodes} Stall */

/**
 * @typedef {object} Choice
 * @property {number[]} chosen
 * @property {boolean} over  one more than the budget was asked for
 * @property {boolean} sent  until Python has taken the purchase or said why not
 */

/**
 * @typedef {object} Nodes
 * @property {HTMLElement} grid
 * @property {HTMLButtonElement[]} goods
 * @property {HTMLElement} count
 * @property {HTMLButtonElement} buy
 * @property {HTMLButtonElement} clear
 */

/** @type {Stall | null} */
let last = null // the choice outlives its nodes: another task, another page, and back

/**
 * Walk over the goods: arrows by one and by a row, Home and End to the ends.
 * @param {Stall} stall
 * @param {KeyboardEvent} event
 */
function walk({ goods, root }, event) {
  if (!(event.key in ARROWS || event.key === 'Home' || event.key === 'End')) return
  const across = goods.findIndex((node, i) => i && node.offsetTop !== goods[0]?.offsetTop)
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key] ?? 0
  const at = goods.findIndex(node => node === focused(root))
  const ends = { Home: 0, End: goods.length - 1 }[event.key]
  const next = goods[ends ?? at + by]
  if (!next) return
  event.preventDefault()
  next.focus()
}

/**
 * One stop for the Tab key; the arrow keys go on from there.
 * @param {Stall} stall
 * @param {number} i
 */
function stop(stall, i) {
  stall.goods.forEach((node, k) => {
    node.tabIndex = k === i ? 0 : -1
  })
}

/**
 * Take a picture, or give it back.
 * @param {Stall} stall
 * @param {number} i
 */
function toggle(stall, i) {
  const place = stall.chosen.indexOf(i)
  stall.over = false
  if (place >= 0) stall.chosen.splice(place, 1)
  else if (stall.chosen.length < stall.data.budget) stall.chosen.push(i)
  else stall.over = true
  mark(stall)
}

/** @param {Stall} stall */
function mark(stall) {
  const { data, chosen } = stall
  const full = chosen.length === data.budget
  const waits = data.busy || stall.sent
  stall.goods.forEach((node, i) => set(node, { 'aria-pressed': chosen.includes(i) }))
  stall.grid.classList.toggle('full', full)
  const count = `${chosen.length} of ${data.budget} chosen`
  const said = stall.over ? `${count}. Give one back before you take another.` : count
  if (stall.count.textContent !== said) stall.count.textContent = said
  stall.buy.disabled = !full || waits
  stall.buy.textContent = waits ? 'Buying …' : 'Buy these'
  stall.clear.disabled = !chosen.length
}

/** @param {Stall} stall */
function buy(stall) {
  if (stall.chosen.length !== stall.data.budget || stall.data.busy || stall.sent) return
  Object.assign(stall, { sent: true, over: false })
  mark(stall)
  stall.send({ kind: 'buy', cells: [...stall.chosen] })
}

/** @param {Stall} stall */
function clear(stall) {
  const first = stall.chosen[0] ?? 0
  Object.assign(stall, { chosen: [], over: false })
  mark(stall)
  stall.goods[first]?.focus({ preventScroll: true }) // the button pressed is disabled now, and the focus would be lost
}

/**
 * @param {Stall} stall
 * @param {number} i
 * @param {number} rows
 */
function good(stall, i, rows) {
  const { columns } = stall.data
  const node = make('button', 'good', '', { type: 'button' })
  const picture = make('span', 'picture')
  const x = (i % columns) / Math.max(1, columns - 1)
  const y = Math.floor(i / columns) / Math.max(1, rows - 1)
  picture.style.backgroundPosition = `${100 * x}% ${100 * y}%`
  node.onclick = () => toggle(stall, i)
  node.onfocus = () => stop(stall, i)
  node.append(picture)
  return set(node, { 'aria-label': `picture ${i + 1}` })
}

/** @param {Stall} stall */
function build(stall) {
  const { data: d, root } = stall
  const rows = Math.ceil(d.count / d.columns)
  stall.grid = set(make('div', 'grid'), {
    role: 'group',
    'aria-label': `${d.count} pictures for sale; arrow keys move, Space chooses`,
  })
  stall.grid.style.setProperty('--sheet', `url(${d.sheet})`)
  stall.grid.style.setProperty('--size', `${100 * d.columns}% ${100 * rows}%`)
  stall.goods = Array.from({ length: d.count }, (_, i) => good(stall, i, rows))
  stall.grid.append(...stall.goods)
  stall.grid.onkeydown = event => walk(stall, event)
  stall.count = set(make('span', 'count'), { 'aria-live': 'polite' })
  stall.buy = make('button', 'buy', '', { type: 'button', onclick: () => buy(stall) })
  stall.clear = make('button', 'plain', 'Start over', { type: 'button', onclick: () => clear(stall) })
  const bar = make('div', 'bar')
  bar.append(stall.buy, stall.clear, stall.count)
  root.replaceChildren(heading(d.title, d.hint), stall.grid, bar)
  stop(stall, 0)
}

/** @type {View<Offer>} */
export default view({
  changed: () => true,
  update: (/** @type {Stall} */ stall, data) => {
    const old = stall.data
    const kept = last?.data.id === data.id ? last.chosen : data.chosen
    stall.data = data
    if (old?.turn !== data.turn) stall.sent = false
    if (old?.id !== data.id) {
      Object.assign(stall, { chosen: [...kept], over: false, sent: false })
      build(stall)
    }
    if (stall.chosen.length > data.budget) stall.chosen.length = data.budget // the first ones stay
    if (old?.budget !== data.budget) stall.over = false
    last = stall
    mark(stall)
  },
})
