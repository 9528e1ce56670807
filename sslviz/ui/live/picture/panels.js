// The panels about the chosen picture: tiles to press or swap, bars, strips of pictures, meters.
import { bar_rows, folded, image, line_note, swappable, text_kind, width } from '../pieces.js'
import { find, find_all, focused, heading, make, set } from '../shared.js'
import { change, mark_waiting } from '../view.js'
import { after_press, after_swap, arranged } from './made.js'
import { grid } from './table.js'

/** @import { BarLine, BarRow, Hand } from '../pieces.js' */
/** @import { Card } from '../picture_card.js' */

/**
 * Mirrors Tile in frame/picture_view.py.
 * @typedef {object} Tile
 * @property {string} [image]
 * @property {number} [share]  how much of the table's colour a field has, 0 to 1
 * @property {string} [text]
 * @property {string} [kind]  '', 'target', 'answer' or 'hidden'
 * @property {string} [title]
 * @property {boolean} [wrong]
 * @property {boolean} [right]
 * @property {boolean} [pressed]
 */

/**
 * Mirrors Tiles in frame/picture_view.py.
 * @typedef {object} Tiles
 * @property {'tiles'} kind
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [mode]
 * @property {string} [note]
 * @property {boolean} [wide]  a row of its own
 * @property {string} [fold]  words behind which it is hidden until it is wanted
 * @property {number} columns
 * @property {Tile[]} tiles
 * @property {string} [act]  '', 'toggle', 'choose' or 'swap'
 * @property {number[]} [made]  what the visitor changes: places that are toggled or chosen, or the tile at each place
 * @property {Tile[]} [sides]  of a table: a picture for each row
 * @property {string[]} [tops]  of a table: words for each column
 * @property {string} [tint]  of a table: the colour of its fields, 'target' or 'answer'
 */

/**
 * Mirrors Bars in frame/picture_view.py.
 * @typedef {object} Bars
 * @property {'bars'} kind
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [mode]
 * @property {string} [note]
 * @property {boolean} [wide]
 * @property {string} [fold]
 * @property {BarRow[]} rows
 * @property {BarLine | null} [line]
 */

/**
 * Mirrors Strip in frame/picture_view.py.
 * @typedef {object} Strip
 * @property {string} name
 * @property {string} text
 * @property {string} kind
 * @property {string[]} images
 * @property {number} [fade]  0 to 1
 * @property {string} [title]
 */

/**
 * Mirrors Strips in frame/picture_view.py.
 * @typedef {object} Strips
 * @property {'strips'} kind
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [mode]
 * @property {string} [note]
 * @property {boolean} [wide]
 * @property {string} [fold]
 * @property {Strip[]} rows
 */

/**
 * Mirrors Meter in frame/picture_view.py.
 * @typedef {object} Meter
 * @property {string} name
 * @property {number | null} value
 * @property {string} text
 * @property {number} low
 * @property {number} high
 * @property {[number, string][]} marks
 * @property {string} kind
 */

/**
 * Mirrors Meters in frame/picture_view.py.
 * @typedef {object} Meters
 * @property {'meters'} kind
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [mode]
 * @property {string} [note]
 * @property {boolean} [wide]
 * @property {string} [fold]
 * @property {Meter[]} rows
 */

/** @typedef {Tiles | Bars | Strips | Meters} Panel */

// ---- tiles ------------------------------------------------------------------------------------------------------

/**
 * @param {Card} card
 * @param {Tiles} panel
 * @param {number} k  number of the panel
 */
function tiles(card, panel, k) {
  const now = arranged(panel, made_of(card, panel)).map((one, i) => tile(card, k, panel, one, i))
  return grid(panel, now)
}

/**
 * @param {Card} card
 * @param {number} k
 * @param {Tiles} panel
 * @param {Tile} one
 * @param {number} i
 */
function tile(card, k, panel, one, i) {
  const acts = Boolean(panel.act)
  const kinds = `tile ${one.kind || ''}${one.wrong ? ' off' : ''}${one.right ? ' on' : ''}`
  const node = acts ? make('button', kinds, '', { type: 'button' }) : make('div', kinds)
  if (one.image && one.kind !== 'hidden') node.append(image(one.image, 'piece'))
  if (one.share !== undefined) node.style.setProperty('--share', `${one.share}`)
  if (one.text) node.append(make('span', `mark ${one.kind || ''}`, one.text))
  if (one.title) {
    node.title = one.title
    set(node, { [acts ? 'aria-label' : 'data-title']: one.title })
  }
  if (!acts) return node
  node.dataset.tile = `${i}`
  if (panel.act !== 'swap') {
    set(node, { 'aria-pressed': Boolean(one.pressed) })
    node.onclick = () => remake(card, k, made => after_press(panel, made, i))
    return node
  }
  swappable(node, i, hand_of(card, k))
  node.onkeydown = event => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: panel.columns, ArrowUp: -panel.columns }[event.key]
    if (!by) return
    event.preventDefault()
    const other = node.parentElement?.children[i + by]
    if (other instanceof HTMLElement) other.focus()
  }
  return node
}

/**
 * The hand of a panel whose tiles change places.
 * @param {Card} card
 * @param {number} k
 * @returns {Hand}
 */
function hand_of(card, k) {
  return (card.hands[k] ??= {
    held: undefined,
    swap: (a, b) => remake(card, k, made => after_swap(made, a, b)),
    mark: () => mark_tiles(card),
  })
}

/** @type {(card: Card, panel: Tiles) => number[]} what was made of these tiles; what Python says, where nothing was */
function made_of({ made, data }, panel) {
  const edit = made.edits[data.selected] ?? []
  return edit.length ? edit : (panel.made ?? [])
}

/**
 * Change the tiles of a panel: they change at once, and Python then says what it means.
 * @param {Card} card
 * @param {number} k
 * @param {(made: number[]) => number[]} how
 */
function remake(card, k, how) {
  const panel = card.data.panels[k]
  if (panel?.kind !== 'tiles') return
  const at = card.data.selected // the picture that these tiles are of, whichever was chosen since
  const [before, after] = [made_of(card, panel), how(made_of(card, panel))]
  if (`${after}` === `${before}`) return
  const edits = card.made.edits.map((edit, i) => (i === at ? after : edit))
  change(card, { ...card.made, edits, at })
  redraw(card, k)
  mark_waiting(card)
}

/**
 * Show which tiles are held.
 * @param {Card} card
 */
export function mark_tiles(card) {
  for (const node of find_all(card.root, '.panel')) {
    const k = Number(node.dataset.panel)
    const panel = card.data.panels[k]
    if (panel?.kind !== 'tiles' || panel.act !== 'swap') continue
    find_all(node, '.tile').forEach((one, i) => set(one, { 'aria-pressed': card.hands[k]?.held === i }))
  }
}

/** @type {(card: Card, k: number) => void} */
function redraw(card, k) {
  const old = find(card.root, `[data-panel="${k}"]`)
  const panel = card.data.panels[k]
  if (!old || !panel) return
  const active = focused(old)
  const at = active ? find_all(old, '.tile').indexOf(active) : -1
  const fresh = one_panel(card, panel, k)
  old.replaceWith(fresh)
  if (at >= 0) find_all(fresh, '.tile')[at]?.focus({ preventScroll: true })
}

// ---- the others -------------------------------------------------------------------------------------------------

/** @param {Bars} panel */
function bars(panel) {
  const node = bar_rows(panel.rows, panel.line)
  if (panel.line) node.append(line_note(panel.line))
  return node
}

/** @param {Strips} panel */
function strips(panel) {
  const node = make('div', 'rows')
  for (const row of panel.rows) {
    const line = make('div', 'strip')
    const pictures = make('div', 'pictures')
    pictures.append(...row.images.map(source => image(source, 'small')))
    if (row.fade) pictures.style.opacity = `${1 - row.fade}`
    if (row.title) line.title = row.title
    line.append(make('b', `who ${text_kind(row.kind)}`, row.name), pictures, make('span', 'quiet', row.text || ''))
    node.append(line)
  }
  return node
}

/** @param {Meters} panel */
function meters(panel) {
  const node = make('div', 'rows')
  for (const row of panel.rows) {
    const line = make('div', 'meter')
    const track = make('div', 'track')
    const words = make('div', 'marks')
    const low = row.low ?? 0
    const at = (/** @type {number} */ value) => width((value - low) / ((row.high ?? 1) - low))
    const bar = make('i', row.kind || '')
    bar.style.width = row.value === null ? '0' : at(row.value)
    track.append(bar)
    for (const [value, text] of row.marks ?? []) {
      const tick = make('i', 'chance', '', { title: text })
      const word = make('span', '', text)
      tick.style.left = at(value)
      word.style.setProperty('--at', at(value))
      track.append(tick)
      words.append(word)
    }
    line.append(make('span', 'who', row.name), make('b', '', row.text), track, words)
    node.append(line)
  }
  return node
}

/**
 * @param {Card} card
 * @param {Panel} panel
 * @param {number} k
 */
function body_of(card, panel, k) {
  if (panel.kind === 'tiles') return tiles(card, panel, k)
  if (panel.kind === 'bars') return bars(panel)
  return panel.kind === 'strips' ? strips(panel) : meters(panel)
}

/**
 * @param {Card} card
 * @param {Panel} panel
 * @param {number} k  its number
 */
export function one_panel(card, panel, k) {
  const node = make('section', `panel ${panel.kind}${panel.wide ? ' wide' : ''}`)
  const body = set(body_of(card, panel, k), { role: 'group' })
  node.dataset.panel = `${k}`
  if (panel.title) {
    const title = heading(panel.title, panel.hint, panel.mode)
    title.id = `p${k}`
    set(body, { 'aria-labelledby': title.id })
    node.append(title)
  }
  const inside = panel.note ? [body, make('p', 'note', panel.note)] : [body]
  node.append(...(panel.fold ? [folded(card.unfolded, panel.fold, inside)] : inside))
  return node
}
