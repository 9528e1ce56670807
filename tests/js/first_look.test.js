import { beforeEach, describe, expect, test, vi } from 'vitest'
import { chosen, drawn, show } from '../../sslviz/ui/first_look/begin.js'

const LESSON = {
  light: 'bright <img src="look://1">',
  dark: 'dim',
  data: ['a', 'data:b'],
  size: 'wide',
  view: 'lesson',
}
const window_of = ({ width = 1366, search = '', cookie = '', kept = '', dark = false } = {}) => ({
  innerWidth: width,
  location: { search, pathname: '/masked_words' },
  document: { cookie },
  localStorage: { getItem: key => (key === 'stActiveTheme-/masked_words-v2' ? kept : null) },
  matchMedia: () => ({ matches: dark }),
})

describe('which look is shown', () => {
  test('that of the theme, with what is large put back', () => {
    expect(chosen(LESSON, window_of())).toBe('bright <img src="data:b">')
    expect(chosen(LESSON, window_of({ dark: true }))).toBe('dim')
    expect(chosen(LESSON, window_of({ kept: '{"name":"Custom Theme Dark"}' }))).toBe('dim')
    expect(chosen(LESSON, window_of({ dark: true, kept: '{"name":"Custom Theme Light"}' }))).toMatch('bright')
  })

  test('none in a window that is laid out in another way', () => {
    expect(chosen(LESSON, window_of({ width: 1000 }))).toBe('')
    expect(chosen(LESSON, window_of({ width: 390 }))).toBe('')
    expect(chosen({ ...LESSON, size: 'phone' }, window_of({ width: 390 }))).toMatch('bright')
  })

  test('none where the page will show something else', () => {
    expect(chosen(LESSON, window_of({ search: '?view=lesson&scene=1' }))).toMatch('bright')
    for (const search of ['?view=lab', '?scene=2', '?seed=3', '?view=lesson&own=1']) {
      expect(chosen(LESSON, window_of({ search }))).toBe('')
    }
    expect(chosen(LESSON, window_of({ cookie: 'a=b; sslviz_view=lab' }))).toBe('')
    expect(chosen(LESSON, window_of({ cookie: 'sslviz_view=lab', search: '?view=lesson' }))).toMatch('bright')
    const lab = { ...LESSON, view: 'lab' }
    expect(chosen(lab, window_of({ cookie: 'sslviz_view=lab' }))).toMatch('bright')
    expect(chosen(lab, window_of({ search: '?view=lab' }))).toMatch('bright')
    for (const search of ['', '?view=lesson', '?view=lab&seed=1', '?view=lab&scene=1']) {
      expect(chosen(lab, window_of({ search }))).toBe('')
    }
    const home = { ...LESSON, view: 'home' }
    expect(chosen(home, window_of({ cookie: 'sslviz_view=lab' }))).toMatch('bright')
    expect(chosen(home, window_of({ search: '?view=lesson' }))).toBe('')
  })

  test('a browser that keeps nothing goes by the system', () => {
    const here = window_of({ dark: true })
    here.localStorage.getItem = () => {
      throw new DOMException('denied')
    }
    expect(chosen(LESSON, here)).toBe('dim')
  })
})

describe('until the page is drawn', () => {
  /** A part of the page: a view with something in it, or a button. */
  const part = (key, inside) => {
    const node = document.createElement('div')
    node.className = `stElementContainer st-key-${key}`
    node.append(inside)
    document.body.append(node)
    return node
  }
  const view = (...children) => {
    const node = document.createElement('div')
    const root = document.createElement('div')
    root.className = 'root'
    root.append(...children)
    node.attachShadow({ mode: 'open' }).append(root)
    return node
  }
  const HTML = `<div data-keys="card next" data-rem="15px"><div class="st-key-card">
    <button class="first">one</button><button class="second">two <b>words</b></button></div><p>plain</p></div>`
  const look = () => document.querySelector('#first_look')
  let inside

  beforeEach(() => {
    document.querySelectorAll('#first_look').forEach(node => node.remove())
    vi.useFakeTimers()
    // jsdom knows neither closed roots from outside nor setHTMLUnsafe.
    Element.prototype.setHTMLUnsafe = () => undefined
    ShadowRoot.prototype.setHTMLUnsafe = function (html) {
      this.innerHTML = html
      inside = this
    }
  })

  test('it stands over the page, hidden from screen readers, and goes when all that it shows is there', () => {
    show(HTML)
    expect(look().ariaHidden).toBe('true')
    expect([...inside.querySelectorAll('button')].map(button => button.tabIndex)).toEqual([-1, -1])
    expect(document.documentElement.style.fontSize).toBe('15px')
    part('card', view())
    part('next', document.createElement('button'))
    vi.advanceTimersByTime(500)
    expect(drawn(['card', 'next'])).toBe(false)
    expect(look()).not.toBeNull()
    document.querySelector('.st-key-card > div').shadowRoot.querySelector('.root').append('drawn')
    vi.advanceTimersByTime(40)
    expect(look()).toBeNull()
    expect(document.documentElement.style.fontSize).toBe('')
  })

  test('what was pressed in it is pressed on the page, the last one only', () => {
    show(HTML)
    inside.querySelector('.first').click()
    inside.querySelector('.second b').click()
    inside.querySelector('p').click()
    const pressed = vi.fn()
    const [one, two] = ['one', 'two'].map(name => {
      const button = document.createElement('button')
      button.addEventListener('click', () => pressed(name))
      return button
    })
    part('card', view(one, two))
    part('next', document.createElement('button'))
    vi.advanceTimersByTime(40)
    expect(pressed.mock.calls).toEqual([['two']])
  })

  test('it does not hide what Streamlit says of a lost connection, and never stays', () => {
    show(HTML)
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    document.body.append(dialog)
    vi.advanceTimersByTime(40)
    expect(look()).toBeNull()
    dialog.remove()
    show(HTML)
    vi.advanceTimersByTime(14000)
    expect(look()).not.toBeNull()
    vi.advanceTimersByTime(2000)
    expect(look()).toBeNull()
  })

  test('a browser that cannot read it shows the page as before', () => {
    delete Element.prototype.setHTMLUnsafe
    show(HTML)
    expect(look()).toBeNull()
  })
})
