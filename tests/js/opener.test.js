// Who opened a room: what the browser keeps of it, and when it tells Python. And what is copied from a page.
import { describe, expect, test, vi } from 'vitest'
import opener from '../../sslviz/ui/classroom/opener.js'
import listing from '../../sslviz/ui/live/listing.js'
import { open } from './page.js'

const QUESTION = { session: 'a', known: false, offer: null, forget: false }

describe('the token of a room', () => {
  test('is told where there is one, and nothing is told where there is none, so the page is drawn once', () => {
    expect(open(opener, QUESTION).told).toEqual([])
    localStorage.setItem('sslviz-room', 'mine')
    expect(open(opener, QUESTION).told).toEqual([{ token: 'mine' }])
    expect(open(opener, { ...QUESTION, known: true }).told).toEqual([])
  })

  test('is kept when it is offered, and forgotten when it is to be', () => {
    open(opener, { ...QUESTION, known: true, offer: 'new' })
    expect(localStorage.getItem('sslviz-room')).toBe('new')
    expect(open(opener, { ...QUESTION, forget: true }).told).toEqual([])
    expect(localStorage.getItem('sslviz-room')).toBe(null)
  })
})

describe('a listing', () => {
  const pieces = [
    { kind: 'keyword', text: 'return' },
    { kind: '', text: ' <b>1</b>' },
  ]

  test('shows text as text, and copies all of it', async () => {
    const writeText = vi.fn(() => Promise.resolve())
    vi.stubGlobal('navigator', { clipboard: { writeText } })
    const page = open(listing, { name: 'the code', pieces })
    expect(page.find('pre').textContent).toBe('return <b>1</b>')
    expect(page.texts('.keyword')).toEqual(['return'])
    expect(page.find('button').getAttribute('aria-label')).toBe('Copy the code')
    page.find('button').click()
    await vi.waitFor(() => expect(page.find('button').textContent).toBe('Copied'))
    expect(writeText).toHaveBeenCalledWith('return <b>1</b>')
    vi.unstubAllGlobals()
  })

  test('is copied over plain HTTP, too, where a page may not write to the clipboard itself', async () => {
    vi.stubGlobal('navigator', {})
    document.execCommand = vi.fn(() => true)
    const page = open(listing, { name: 'the code', pieces })
    page.find('button').click()
    await vi.waitFor(() => expect(page.find('button').textContent).toBe('Copied'))
    expect(document.execCommand).toHaveBeenCalledWith('copy')
    vi.unstubAllGlobals()
  })
})
