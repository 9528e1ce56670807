import { describe, expect, test } from 'vitest'
import { bands, hold_focus, neighbour, shared_out, walk } from '../../sslviz/ui/live/words.js'

const root_of = (words, { width = 0, plain = [] } = {}) => {
  const root = document.createElement('div')
  Object.defineProperty(root, 'clientWidth', { value: width })
  words.forEach((word, i) => {
    const node = document.createElement('div')
    node.className = 'word'
    node.dataset.word = `${i}`
    const raw = document.createElement(plain.includes(i) ? 'div' : 'button')
    raw.className = 'raw'
    const answer = document.createElement('button')
    answer.className = 'answer'
    node.append(raw, answer)
    root.append(node)
  })
  document.body.append(root)
  return root
}
const press = (node, key) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  node.dispatchEvent(event)
  return event.defaultPrevented
}

describe('bands', () => {
  test('one, as long as there is room', () => {
    expect(shared_out([100, 100, 100], 325)).toEqual([[0, 1, 2]])
  })

  test('two of about the same width as soon as there is not', () => {
    expect(shared_out([100, 100, 100, 100], 424)).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  test('are shared out by width, not by number', () => {
    expect(shared_out([300, 50, 50, 50, 50, 50, 50], 350)).toEqual([[0], [1, 2, 3, 4, 5, 6]])
  })

  test('keep every word, in order, in as many bands as the room asks for', () => {
    const widths = Array.from({ length: 23 }, (_, i) => 40 + ((i * 37) % 90))
    const total = widths.reduce((a, b) => a + b)
    for (const room of [200, 333, 500, 900]) {
      const found = shared_out(widths, room)
      expect(found.flat()).toEqual(widths.map((_, i) => i))
      expect(found.length).toBeLessThanOrEqual(Math.ceil((total + 25) / room))
      expect(Math.min(...found.map(band => band.length))).toBeGreaterThan(1)
    }
  })

  test('there is one on a phone, and one before the view has a width', () => {
    for (const width of [0, 400, 760]) {
      expect(bands(root_of([], { width }), 3, 300, '', () => 200)).toEqual([[0, 1, 2]])
    }
    expect(bands(root_of([], { width: 761 }), 3, 300, '', () => 200)).toHaveLength(2)
  })

  test('measure words with the letters of the page', () => {
    const seen = []
    bands(root_of([], { width: 1000 }), 2, 100, '16px x', (i, wide) => {
      seen.push(wide(['a', 'abc'][i]))
      return 10
    })
    expect(seen).toEqual([8, 24])
  })
})

describe('arrow keys', () => {
  test('walk along the words, either way, and stop at the ends', () => {
    const root = root_of(['a', 'b', 'c'])
    walk(root, (from, by) => neighbour(root, from, by)?.focus())
    const [a, b, c] = root.querySelectorAll('.raw')
    a.focus()
    expect(press(a, 'ArrowRight')).toBe(true)
    expect(document.activeElement).toBe(b)
    press(b, 'ArrowDown')
    expect(document.activeElement).toBe(c)
    press(c, 'ArrowRight')
    expect(document.activeElement).toBe(c)
    press(c, 'ArrowUp')
    expect(document.activeElement).toBe(b)
  })

  test('pass over what cannot be pressed', () => {
    const root = root_of(['a', 'b', 'c'], { plain: [1] })
    const [a, , c] = root.querySelectorAll('.raw')
    expect(neighbour(root, a, 1)).toBe(c)
  })

  test('mean nothing elsewhere, and other keys mean nothing', () => {
    const root = root_of(['a', 'b'])
    let walked = 0
    walk(root, () => walked++)
    expect(press(root.querySelector('.answer'), 'ArrowRight')).toBe(false)
    expect(press(root.querySelector('.raw'), 'Enter')).toBe(false)
    expect(walked).toBe(0)
  })
})

describe('the focus', () => {
  test('comes back to the same word when all was drawn anew, and to its answer', () => {
    const root = root_of(['a', 'b'])
    for (const kind of ['.raw', '.answer']) {
      root.querySelectorAll(kind)[1].focus()
      const give_back = hold_focus(root)
      root.replaceChildren(...root_of(['a', 'b']).children)
      give_back()
      expect(document.activeElement).toBe(root.querySelectorAll(kind)[1])
    }
  })

  test('is not taken from elsewhere', () => {
    const root = root_of(['a'])
    const other = document.createElement('button')
    document.body.append(other)
    other.focus()
    hold_focus(root)()
    expect(document.activeElement).toBe(other)
  })
})
