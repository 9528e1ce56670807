import { describe, expect, test, vi } from 'vitest'
import picture_card from '../../sslviz/ui/live/picture_card.js'
import { bar_rows, take, width } from '../../sslviz/ui/live/pieces.js'
import { open } from './page.js'

const EVIL = '<img src=x onerror=alert(1)>'
const line = said => ({ pieces: [`<math xmlns="http://www.w3.org/1998/Math/MathML">${said}</math>`], said })
const tiles = (act, names = ['a', 'b', 'c', 'd'], made = [5, 6, 7, 8]) => ({
  kind: 'tiles', title: 'Tiles', columns: 2, act, made,
  tiles: names.map(text => ({ text, title: text, ...(act === 'swap' ? { image: `data:,${text}` } : {}) })),
}) // prettier-ignore
const card = (more = {}) => ({
  id: 'one', model: 'live', heads: [['', 'Picture'], ['label', 'Label']], selected: 0, edits: [[], []], heard: 0, note: '', formula: null,
  columns: ['cat', 'dog'].map(name => ({ name, cells: [{ image: 'data:,' }, { text: name, kind: 'target' }] })),
  panels: [tiles('swap')], ...more,
}) // prettier-ignore
const order = page => page.all('.tile').map(one => one.querySelector('img')?.src.at(-1) ?? one.textContent)
const held = page => page.all('.tile').map(one => one.getAttribute('aria-pressed') === 'true')

describe('a hand', () => {
  const hand = () => ({ held: undefined, swap: vi.fn(), mark: vi.fn() })

  test('takes a piece, and puts it in the place of the next one', () => {
    const one = hand()
    take(one, 2)
    expect([one.held, one.swap.mock.calls.length]).toEqual([2, 0])
    take(one, 0)
    expect(one.held).toBeUndefined()
    expect(one.swap).toHaveBeenCalledWith(2, 0)
  })

  test('puts a piece back that is pressed twice', () => {
    const one = hand()
    take(one, 2)
    take(one, 2)
    expect(one.held).toBeUndefined()
    expect(one.swap).not.toHaveBeenCalled()
  })
})

describe('a card', () => {
  const of = (text, kind = 'target', more = {}) =>
    open(
      picture_card,
      card({ columns: [{ name: 'detective', cells: [{ image: 'data:,' }, { text, kind }] }], ...more }),
    ).all('.lattice.wordy').length

  test('whose chips say much has a row for each picture on a phone', () => {
    expect(['wheel', 'woman detective', 'a trouser-leg', '3 of 16', '48 of 1,025'].map(text => of(text))).toEqual([
      0, 1, 1, 0, 1,
    ])
    expect(of('woman detective', '')).toBe(0) // a remark may break
    expect(of('woman detective', 'target', { size: 'large' })).toBe(0) // a stage has its rows already
  })
})

describe('tiles', () => {
  test('change places at once, and Python is told the whole order', () => {
    const page = open(picture_card, card())
    page.all('.tile')[1].click()
    expect(held(page)).toEqual([false, true, false, false])
    page.all('.tile')[3].click()
    expect(order(page)).toEqual(['a', 'd', 'c', 'b'])
    expect(held(page)).toEqual([false, false, false, false])
    expect(page.told).toEqual([{ made: { selected: 0, edits: [[5, 8, 7, 6], []], at: 0 }, nth: 1, id: 'one' }])
  })

  test('of a table have a picture before each row, words above each column, and as much colour as was said', () => {
    const sides = ['cat', 'dog'].map(title => ({ image: `data:,${title}`, title }))
    const fields = [1, 0, 0.25, 0.75].map(share => ({ share, text: `${100 * share}` }))
    const panel = { ...tiles(''), tiles: fields, sides, tops: ['a cat', EVIL], tint: 'answer' }
    const page = open(picture_card, card({ panels: [panel] }))
    const inside = [...page.all('.table.of-answer')[0].children].map(one => one.alt || one.textContent)
    expect(inside).toEqual(['', 'a cat', EVIL, 'cat', '100', '0', 'dog', '25', '75'])
    expect(page.all('.tile').map(one => one.style.getPropertyValue('--share'))).toEqual(['1', '0', '0.25', '0.75'])
  })

  test('are not put back by answers to older orders, whatever comes in between', () => {
    const page = open(picture_card, card())
    for (const i of [0, 1, 1, 2, 2, 3]) page.all('.tile')[i].click()
    expect(order(page)).toEqual(['b', 'c', 'd', 'a'])
    page.send(card({ note: 'a tick of training' }))
    page.send(card({ heard: 1, edits: [[6, 5, 7, 8], []], panels: [tiles('swap', [...'bacd'], [6, 5, 7, 8])] }))
    page.send(card({ heard: 2, edits: [[6, 7, 5, 8], []], panels: [tiles('swap', [...'bcad'], [6, 7, 5, 8])] }))
    expect(order(page)).toEqual(['b', 'c', 'd', 'a'])
    expect(page.root.hasAttribute('data-waiting')).toBe(true)
    page.send(card({ heard: 3, edits: [[6, 7, 8, 5], []], panels: [tiles('swap', [...'bcda'], [6, 7, 8, 5])] }))
    expect([order(page), page.root.hasAttribute('data-waiting')]).toEqual([['b', 'c', 'd', 'a'], false])
  })

  test('lie as Python says once it has heard, which may be otherwise', () => {
    const page = open(picture_card, card())
    page.all('.tile')[0].click()
    page.all('.tile')[1].click()
    page.send(card({ heard: 1, note: 'refused' }))
    expect(order(page)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('are of the picture whose tiles are there, though another one was chosen since', () => {
    const page = open(picture_card, card({ panels: [tiles('toggle', [...'abcd'], [1])] }))
    page.all('.pick')[1].click()
    page.all('.tile')[2].click()
    expect(page.told.at(-1).made).toEqual({ selected: 1, edits: [[1, 2], []], at: 0 })
  })

  test('are counted on where the page was left and opened again', () => {
    const page = open(picture_card, card({ heard: 7 }))
    page.all('.pick')[1].click()
    expect(page.told.at(-1).nth).toBe(8)
  })

  test('are let go of when another picture is chosen', () => {
    const page = open(picture_card, card())
    page.all('.tile')[1].click()
    page.all('.pick')[1].click()
    expect(held(page)).toEqual([false, false, false, false])
    page.all('.tile')[2].click()
    page.all('.tile')[2].click()
    expect(page.told).toEqual([{ made: { selected: 1, edits: [[], []], at: null }, nth: 1, id: 'one' }])
  })

  test('have an arrow key for each direction, by columns', () => {
    const page = open(picture_card, card())
    const [a, b, c] = page.all('.tile')
    a.focus()
    page.key(a, 'ArrowDown')
    expect(document.activeElement).toBe(c)
    page.key(c, 'ArrowUp')
    page.key(a, 'ArrowRight')
    expect(document.activeElement).toBe(b)
    page.key(a, 'ArrowLeft')
    expect(document.activeElement).toBe(b)
  })

  test('that are toggled show it at once; one stays hidden, one visible, and no press is lost', () => {
    const page = open(picture_card, card({ panels: [tiles(''), tiles('toggle', [...'abcd'], [1])] }))
    const hidden = () => page.all('button.tile').map(one => one.classList.contains('hidden'))
    expect(page.all('button.tile')).toHaveLength(4)
    page.all('button.tile')[1].click()
    expect(page.told).toHaveLength(0) // it is the only one
    for (const i of [0, 2, 3]) page.all('button.tile')[i].click()
    expect(hidden()).toEqual([true, true, true, false])
    expect(page.told.at(-1).made.edits).toEqual([[1, 0, 2], []])
    expect(page.all('button.tile')[0].querySelector('img')).toBeNull()
  })

  test('of which one is chosen pass its marks on', () => {
    const marked = tiles('choose', [...'abcd'], [1])
    Object.assign(marked.tiles[1], { kind: 'target', pressed: true })
    const page = open(picture_card, card({ panels: [marked] }))
    page.all('.tile')[3].click()
    expect(page.all('.tile.target')).toEqual([page.all('.tile')[3]])
    expect(order(page)).toEqual(['a', 'b', 'c', 'd'])
    expect(page.told.at(-1).made.edits).toEqual([[3], []])
  })

  test('of which two are chosen, one in the middle: a neighbour is moved, the middle lets them change places', () => {
    const texts = ['', '', '', '', '1', '', '', '2', '']
    const page = open(picture_card, card({ panels: [tiles('choose', texts, [4, 7])] }))
    page.all('.tile')[0].click()
    expect(order(page)).toEqual(['2', '', '', '', '1', '', '', '', ''])
    page.all('.tile')[4].click()
    expect(order(page)).toEqual(['1', '', '', '', '2', '', '', '', ''])
    expect(page.told.map(one => one.made.edits[0])).toEqual([
      [4, 0],
      [0, 4],
    ])
  })
})

describe('a picture card', () => {
  test('marks the chosen picture in this frame', () => {
    const page = open(picture_card, card())
    page.all('.pick')[1].click()
    expect(page.all('.pick').map(one => one.getAttribute('aria-pressed'))).toEqual(['false', 'true'])
  })

  test('keeps the choice against a message that left Python before it', () => {
    const page = open(picture_card, card())
    page.all('.pick')[1].click()
    page.send(card({ note: 'a tick of training' }))
    expect(page.all('.pick')[1].getAttribute('aria-pressed')).toBe('true')
    page.send(card({ id: 'two' }))
    expect(page.all('.pick')[0].getAttribute('aria-pressed')).toBe('true')
  })

  test('gives the focus back to the tile that had it', () => {
    const page = open(picture_card, card())
    page.all('.tile')[2].focus()
    page.send(card({ note: 'new' }))
    expect(document.activeElement).toBe(page.all('.tile')[2])
  })

  test('keeps what is folded out of sight until it is wanted, and then open', () => {
    const folded = { ...tiles('', [...'abcd']), title: 'Solution', note: '0 1 2 3', fold: 'Show it' }
    const page = open(picture_card, card({ panels: [folded] }))
    const details = () => page.find('details')
    expect(details().open).toBe(false)
    expect(details().querySelectorAll('.tile, .note')).toHaveLength(5)
    details().open = true
    details().dispatchEvent(new Event('toggle'))
    page.send(card({ panels: [folded], note: 'a swap later' }))
    expect(details().open).toBe(true)
  })

  test('takes every word as text', () => {
    const panels = [
      tiles('', [EVIL]),
      { kind: 'bars', title: EVIL, note: EVIL, rows: [{ name: EVIL, value: 1, text: EVIL, kind: '' }], line: null },
      { kind: 'strips', title: EVIL, rows: [{ name: EVIL, text: EVIL, kind: '', images: [], title: EVIL }] },
      {
        kind: 'meters', title: EVIL,
        rows: [{ name: EVIL, value: null, text: EVIL, low: 0, high: 1, marks: [[1, EVIL]], kind: '' }],
      },
    ] // prettier-ignore
    const columns = [
      {
        name: EVIL,
        cells: [
          { title: EVIL, text: EVIL },
          { text: EVIL, kind: 'answer', title: EVIL },
        ],
      },
    ]
    const page = open(
      picture_card,
      card({ panels, columns, note: EVIL, formula: { symbols: line(EVIL), numbers: line(EVIL) } }),
    )
    expect(page.find('img')).toBeNull()
    expect(page.root.textContent.split(EVIL).length - 1).toBeGreaterThan(12)
  })
})

describe('bars', () => {
  test('end at nothing and at all', () => {
    expect([-1, 0, 0.25, 3].map(width)).toEqual(['0%', '0%', '25%', '100%'])
  })

  test('have the line across them where there is one, and names in the colours of label and answer', () => {
    const rows = ['target', 'answer', ''].map(kind => ({ name: 'n', value: 0.5, text: 't', kind }))
    const node = bar_rows(rows, { value: 0.1, name: 'guessing' })
    expect([...node.querySelectorAll('.chance')].map(one => one.style.left)).toEqual(['10%', '10%', '10%'])
    expect([...node.querySelectorAll('.who')].map(one => one.className.trim())).toEqual([
      'who label',
      'who guess',
      'who',
    ])
    expect(bar_rows(rows, null).querySelector('.chance')).toBeNull()
  })
})
