import { describe, expect, test, vi } from 'vitest'
import { change, follow, view } from '../../sslviz/ui/live/view.js'
import { formula_line, formula_lines, heading, make, percent } from '../../sslviz/ui/live/shared.js'
import { open } from './page.js'

const EVIL = '<img src=x onerror=alert(1)>'

describe('a view', () => {
  test('is begun once, and updated only when what it is sent has changed', () => {
    const [begin, update, every] = [vi.fn(), vi.fn(), vi.fn()]
    const page = open(view({ begin, update, every }), { a: 1 })
    page.send({ a: 1 }).send({ a: 2 })
    expect([begin, update, every].map(one => one.mock.calls.length)).toEqual([1, 2, 3])
  })

  test('has the old data until it takes the new', () => {
    const seen = []
    const one = view({
      update: (part, data) => {
        seen.push([part.data?.a, data.a])
        part.data = data
      },
    })
    open(one, { a: 1 }).send({ a: 2 })
    expect(seen).toEqual([
      [undefined, 1],
      [1, 2],
    ])
  })

  test('tells with the id of its data, where that has one', () => {
    const one = view({
      update: (part, data) => {
        part.data = data
        part.send({ kind: 'x' })
      },
    })
    expect(open(one, { id: 'seven' }).told).toEqual([{ kind: 'x', id: 'seven' }])
    expect(open(one, { n: 1 }).told).toEqual([{ kind: 'x' }])
  })

  test('remembers nothing of another place on the page', () => {
    const one = view({
      update: (part, data) => {
        part.count = (part.count ?? 0) + 1
        part.root.textContent = `${data.a} ${part.count}`
      },
    })
    const pages = [open(one, { a: 1 }), open(one, { a: 2 })]
    expect(pages.map(page => page.root.textContent)).toEqual(['1 1', '2 1'])
  })

  test('hears of another width, not of another height', () => {
    const resize = vi.fn()
    const page = open(view({ update: () => {}, resize }), { a: 1 }, { width: 500 })
    page.send({ a: 2 })
    expect(resize).toHaveBeenCalledTimes(1)
    page.width = 400
    page.send({ a: 3 })
    expect(resize).toHaveBeenCalledTimes(2)
  })

  test('shows what a look brings, and not again the older message that Streamlit hands over once more', () => {
    const shown = []
    const one = () =>
      view({
        update: (part, data) => {
          shown.push(data.a)
          part.data = data
        },
      })
    const page = open(one(), { a: 1 })
    const look = a => page.root.dispatchEvent(new CustomEvent('drawn', { detail: { a } }))
    look(2)
    page.send({ a: 1 })
    look(3)
    page.send({ a: 1 }).send({ a: 4 }).send({ a: 1 })
    expect(shown).toEqual([1, 2, 3, 4, 1])
    const bytes = open(view({ update: (part, data) => shown.push(data[0]), changed: () => true }), Uint8Array.of(7))
    bytes.root.dispatchEvent(new CustomEvent('drawn', { detail: Uint8Array.of(8) }))
    bytes.send(Uint8Array.of(7)).send(Uint8Array.of(9))
    expect(shown.slice(5)).toEqual([7, 8, 9])
  })

  test('ends when its node is gone', () => {
    const end = vi.fn()
    open(view({ update: () => {}, end }), {}).close()
    expect(end).toHaveBeenCalledTimes(1)
  })
})

describe('what a visitor makes', () => {
  const root = document.createElement('div')
  const part = (more = {}) => ({ made: 1, unheard: 0, data: { id: 'a' }, keep: vi.fn(), root, ...more })

  test('follows Python where nothing was changed, and another card', () => {
    const one = part()
    expect(follow(one, { id: 'a', heard: 0 }, 2)).toBe(true)
    expect(one.made).toBe(2)
    change(one, 3)
    expect(follow(one, { id: 'b', heard: 0 }, 4)).toBe(true)
    expect([one.made, one.unheard]).toEqual([4, 0])
  })

  test('is told whole, under the next number', () => {
    const one = part()
    change(one, 2)
    change(one, 3)
    expect(one.keep.mock.calls.map(([told]) => told)).toEqual([
      { made: 2, nth: 1 },
      { made: 3, nth: 2 },
    ])
  })

  test('is not undone by a message that left Python before the last change', () => {
    const one = part()
    for (const made of [2, 3]) change(one, made)
    expect([0, 1].map(heard => follow(one, { id: 'a', heard }, 2))).toEqual([false, false])
    expect(one.made).toBe(3)
    expect(follow(one, { id: 'a', heard: 2 }, 3)).toBe(true)
  })
})

describe('nodes', () => {
  test('take text as text', () => {
    expect(make('p', 'a b', EVIL).children).toHaveLength(0)
    expect(make('p', 'a b', EVIL).textContent).toBe(EVIL)
    expect(heading(EVIL, EVIL, EVIL).querySelector('img')).toBeNull()
  })

  test('a heading says where numbers come from, and nothing of a mode that it does not know', () => {
    expect(heading('Loss', '', 'live').textContent).toBe('Loss ● live')
    expect(heading('Loss', '', 'other').querySelector('.mode')).toBeNull()
  })

  test('a small share is not said to be nothing', () => {
    expect([0, 0.001, 0.005, 0.5, 1].map(percent)).toEqual(['0%', '<1%', '1%', '50%', '100%'])
  })
})

describe('a line of mathematics', () => {
  const NAMES = 'http://www.w3.org/1998/Math/MathML'
  const piece = inside => `<math xmlns="${NAMES}">${inside}</math>`

  test('is MathML, piece by piece, and has its words for those who listen', () => {
    const node = formula_line({ pieces: [piece('<mi>x</mi>'), piece('<mo>=</mo><mn>2</mn>')], said: 'x = 2' })
    expect([...node.children].map(one => [one.localName, one.namespaceURI])).toEqual([
      ['math', NAMES],
      ['math', NAMES],
    ])
    expect(node.textContent).toBe('x =2 ')
    expect([node.getAttribute('role'), node.getAttribute('aria-label')]).toEqual(['img', 'x = 2'])
  })

  test('shows escaped markup as text', () => {
    const node = formula_line({ pieces: [piece(`<mtext>${EVIL.replaceAll('<', '&lt;')}</mtext>`)], said: EVIL })
    expect(node.textContent.trim()).toBe(EVIL)
    expect(node.querySelector('img')).toBeNull()
  })

  test.each([
    ['an element that is no MathML', piece('<img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/>')],
    ['a script', piece('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>')],
    ['a drawing', piece('<mtext><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/></mtext>')],
    ['another root', `<mi xmlns="${NAMES}">x</mi>`],
    ['no namespace', '<math><mi>x</mi></math>'],
    ['no XML', '<math><mi>'],
    ['words', EVIL],
  ])('with %s is shown in its words', (_, wrong) => {
    const node = formula_line({ pieces: [piece('<mi>x</mi>'), wrong], said: EVIL })
    expect(node.children).toHaveLength(0)
    expect(node.textContent).toBe(EVIL)
  })

  test('without pieces is its words', () => {
    expect(formula_line({ pieces: [], said: 'no label' }).textContent).toBe('no label')
  })

  test('of numbers stands below that of symbols', () => {
    const line = said => ({ pieces: [], said })
    const nodes = formula_lines({ symbols: line('s'), numbers: line('n') })
    expect(nodes.map(one => [one.textContent, one.className.trim()])).toEqual([
      ['s', 'formula'],
      ['n', 'formula numbers'],
    ])
  })
})
