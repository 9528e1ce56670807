import { beforeAll, describe, expect, test } from 'vitest'
import { one_entry_a_page } from '../../sslviz/ui/live/page/history.js'
import { shield } from '../../sslviz/ui/live/page/translated.js'
import token from '../../sslviz/ui/live/steps_view.js'
import { open } from './page.js'

const heard = () => new Promise(done => setTimeout(done, 0)) // a MutationObserver is told after the present task

/** Does to the texts in a node what a browser's translator does; gives the texts that React would still hold. */
function translate(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) texts.push(walker.currentNode)
  for (const text of texts) {
    const font = document.createElement('font')
    font.textContent = text.data.toUpperCase()
    text.parentNode.replaceChild(font, text)
  }
  return texts
}

describe('a translated page', () => {
  beforeAll(shield)
  const line = () => {
    const node = document.createElement('p')
    node.append('one', document.createElement('b'), 'two')
    document.body.append(node)
    return node
  }

  test('a text that was replaced can be taken out, and nothing of it stays', async () => {
    const node = line()
    const [one] = translate(node)
    await heard()
    expect(node.removeChild(one)).toBe(one)
    expect(node.textContent).toBe('TWO')
  })

  test('something can be put before a text that was replaced', async () => {
    const node = line()
    const [, two] = translate(node)
    await heard()
    node.insertBefore(document.createElement('i'), two)
    expect([...node.children].map(one => one.tagName)).toEqual(['FONT', 'B', 'I', 'FONT'])
  })

  test('a text that changes comes back into its place', async () => {
    const node = line()
    const [one] = translate(node)
    await heard()
    one.nodeValue = 'another'
    await heard()
    expect(node.textContent).toBe('anotherTWO')
  })

  test('what was never there is refused as before', () => {
    expect(() => line().removeChild(document.createTextNode('x'))).toThrow()
  })

  test('a view draws over it', () => {
    const data = active => ({ phases: [{ name: 'draw', text: 'about', numbers: [] }], active, playing: false })
    const page = open(token, data(0))
    translate(page.root)
    page.send({ ...data(0), playing: true })
    expect(page.root.querySelector('font')).toBeNull()
  })
})

test('a setting is no entry of the history, a page is', () => {
  one_entry_a_page()
  const before = history.length
  history.pushState({}, '', `${location.pathname}?a=1`)
  history.pushState({}, '', `${location.pathname}?a=2`)
  expect([history.length, location.search]).toEqual([before, '?a=2'])
  history.pushState({}, '', '/other')
  expect(history.length).toBe(before + 1)
})
