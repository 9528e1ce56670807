import { describe, expect, test, vi } from 'vitest'
import learner from '../../sslviz/ui/flashcards/learner.js'
import { key_of, meaning } from '../../sslviz/ui/flashcards/review/keys.js'
import { rich } from '../../sslviz/ui/flashcards/review/paint.js'
import { empty_hand, grade, reveal, take, undo, unseen } from '../../sslviz/ui/flashcards/review/queue.js'
import { drop, put, unsent } from '../../sslviz/ui/flashcards/review/unsent.js'
import review from '../../sslviz/ui/flashcards/review_view.js'
import { open } from './page.js'

let who = 'nobody'
const card = (id, more = {}) => ({
  id, kind: 'plain', front: [[['', `Front of ${id}?`]]], back: [[0, [['', `Back of ${id}.`]]]], options: [], right: -1, picture: null,
  task: { name: 'Masked words', title: 'The page', page: 'masked_words', href: './masked_words' }, level: 'Basic',
  source: '', was: 'new', count: 'new', previews: ['1 min', '5 min', '1 day', '4 days'], first: true, preview: false, ...more,
}) // prettier-ignore
const data = (more = {}) => ({
  ready: true, learner: who, choice: 'all', queue: ['a', 'b', 'c'].map(id => card(id)), counts: { new: 3, learning: 0, due: 0 },
  done: 0, left: 3, trouble: '', waiting: '', end: null, seen: [], acked: [], ...more,
}) // prettier-ignore
const hand_of = (more = {}) => {
  who = `learner ${Math.random()}`
  const hand = empty_hand()
  take(hand, data(more))
  return hand
}
const ids = hand => [hand.current?.id, ...hand.queue.map(one => one.id)]

describe('the cards in hand', () => {
  test('come in the order that Python sent', () => {
    expect(ids(hand_of())).toEqual(['a', 'b', 'c'])
  })

  test('are graded only when open, and then the next one comes, closed', () => {
    const hand = hand_of()
    expect(grade(hand, 3)).toBe(false)
    reveal(hand)
    expect(grade(hand, 3)).toBe(true)
    expect([ids(hand), hand.revealed]).toEqual([['b', 'c'], false])
    expect(unsent(who)).toMatchObject([{ kind: 'grade', card: 'a', grade: 3, count: 'new', who }])
  })

  test('are not graded that are only shown, nor before somebody is known', () => {
    const shown = hand_of({ queue: [card('a', { preview: true })] })
    reveal(shown)
    expect(grade(shown, 3)).toBe(false)
    const stranger = empty_hand()
    take(stranger, data({ learner: '' }))
    reveal(stranger)
    expect(grade(stranger, 3)).toBe(false)
  })

  test('come back by undo, before the one that lay in front', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 1)
    expect(undo(hand)).toBe(true)
    expect(ids(hand)).toEqual(['a', 'b', 'c'])
    expect(unsent(who).map(one => one.kind)).toEqual(['grade', 'undo'])
    expect(undo(hand)).toBe(false)
  })

  test('leave out what was graded and Python has not written down', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 3)
    take(hand, data())
    expect(ids(hand)).toEqual(['b', 'c'])
    const [{ id }] = unsent(who)
    take(hand, data({ acked: [id] }))
    expect(unsent(who)).toEqual([])
    expect(ids(hand)).toEqual(['b', 'a', 'c']) // Python has it in its queue again, so it comes again
  })

  test('keep the one in front while its numbers change', () => {
    const hand = hand_of()
    reveal(hand)
    take(hand, data({ queue: [card('b'), card('a', { previews: ['2 min', '', '', ''], front: [[['', 'Other']]] })] }))
    expect([hand.current.id, hand.current.previews[0], hand.current.front]).toEqual([
      'a',
      '2 min',
      [[['', 'Front of a?']]],
    ])
    expect(hand.revealed).toBe(true)
  })

  test('are others with another choice, and with another learner nothing can be undone', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 3)
    take(hand, data({ choice: 'some', queue: [card('x')] }))
    expect(ids(hand)).toEqual(['x'])
    take(hand, data({ learner: 'another', queue: [card('y')] }))
    expect([ids(hand), hand.history]).toEqual([['y'], []])
  })

  test('stay while another server does not know yet who is learning', () => {
    const hand = hand_of()
    take(hand, data({ ready: false, learner: '', queue: [] }))
    expect([ids(hand), hand.data.ready, hand.learner]).toEqual([['a', 'b', 'c'], false, who])
  })

  test('ask for new intervals when the old ones are stale', () => {
    const hand = hand_of()
    hand.fresh = Date.now() - 599_000
    expect(reveal(hand)).toBe('draw')
    const other = hand_of()
    other.fresh = Date.now() - 601_000
    expect([reveal(other), reveal(other)]).toEqual(['ask', ''])
  })
})

describe('what Python does not know yet', () => {
  test('is counted as done, each grade once', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 3)
    expect(unseen(hand)).toMatchObject({ done: 1, counts: { new: 1, learning: 0, due: 0 } })
    expect([...unseen(hand).cards]).toEqual(['a'])
  })

  test('counts a card that comes again today only the first time', () => {
    const hand = hand_of({ queue: [card('a', { first: false, count: 'learning' }), card('b')] })
    for (let n = 0; n < 2; n++) {
      reveal(hand)
      grade(hand, 1)
    }
    expect(unseen(hand)).toMatchObject({ done: 1, counts: { new: 1, learning: 1, due: 0 } })
  })

  test('is nothing when a grade was undone before it was heard', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 3)
    undo(hand)
    expect(unseen(hand)).toMatchObject({ done: 0, counts: { new: 0, learning: 0, due: 0 } })
  })

  test('takes one off when the grade was heard, and its undo was not', () => {
    const hand = hand_of()
    reveal(hand)
    grade(hand, 3)
    hand.data.seen = unsent(who).map(one => one.id)
    undo(hand)
    expect(unseen(hand)).toMatchObject({ done: -1, counts: { new: -1 } })
  })
})

describe('what was not sent', () => {
  const send = (id, more = {}) => ({
    id,
    who,
    n: 0,
    at: Date.now(),
    kind: 'grade',
    key: id,
    card: 'a',
    count: 'new',
    ...more,
  })

  test('outlives the page, in the order in which it was given', () => {
    hand_of()
    put(send('late', { at: Date.now() + 5 }))
    put(send('first'))
    put(send('second', { n: 1 }))
    expect(unsent(who).map(one => one.id)).toEqual(['first', 'second', 'late'])
    expect(Object.keys(localStorage)).toContain('sslviz-send:late')
    for (const { id } of unsent(who)) drop(id)
  })

  test('is nobody’s as long as nobody is known, and only the learner’s own', () => {
    hand_of()
    put(send('mine'))
    expect([unsent(''), unsent('another')]).toEqual([[], []])
    expect(unsent(who)).toHaveLength(1)
    drop('mine')
  })

  test('of a forgotten learner goes after a day', () => {
    hand_of()
    put(send('old', { at: Date.now() - 86_400_001 }))
    put(send('new'))
    unsent('another')
    expect(unsent(who).map(one => one.id)).toEqual(['new'])
    drop('new')
  })

  test('is passed over where it cannot be read', () => {
    localStorage.setItem('sslviz-send:broken', '{')
    localStorage.setItem('sslviz-send:strange', '7')
    hand_of()
    expect(unsent(who)).toEqual([])
    expect(localStorage.getItem('sslviz-send:broken')).toBeNull()
  })
})

describe('keys', () => {
  const closed = { current: card('a', { options: ['x', 'y'] }), revealed: false, history: [] }

  test('show, then grade as good; digits grade, letters choose', () => {
    const opened = { ...closed, revealed: true }
    expect(meaning(closed, ' ')).toEqual({ kind: 'reveal', chosen: null })
    expect(meaning(opened, ' ')).toEqual({ kind: 'grade', value: 3 })
    expect(meaning(opened, '4')).toEqual({ kind: 'grade', value: 4 })
    expect(meaning(closed, 'b')).toEqual({ kind: 'reveal', chosen: 1 })
  })

  test('mean nothing where there is nothing to do', () => {
    expect(['1', 'c', 'u', 'enter', '5'].map(key => meaning(closed, key))).toEqual([null, null, null, null, null])
    expect(meaning({ current: null, revealed: false, history: [] }, ' ')).toBeNull()
    expect(meaning({ ...closed, history: [{}] }, 'z')).toEqual({ kind: 'undo' })
  })
})

describe('keyboards', () => {
  const key = (sign, code, shiftKey = false) => key_of({ key: sign, code, shiftKey })

  test.each([
    ['French', '&é"\''],
    ['Czech', '+ěšč'],
    ['Arabic', '١٢٣٤'],
    ['Persian', '۱۲۳۴'],
    ['American', '1234'],
    ['French with shift', '1234', true],
  ])('%s: the place counts where the key gives no digit', (_, row, shift) => {
    expect([...row].map((sign, i) => key(sign, `Digit${i + 1}`, shift))).toEqual(['1', '2', '3', '4'])
  })

  test('the keys of the number block are digits in every script, and arrows where they are arrows', () => {
    expect([key('٣', 'Numpad3'), key('3', 'Numpad3'), key('PageDown', 'Numpad3')]).toEqual(['3', '3', 'pagedown'])
  })

  test('letters of another script count by their place, Latin ones by what they are', () => {
    expect([key('ش', 'KeyA'), key('ф', 'KeyA'), key('q', 'KeyA'), key('a', 'KeyQ')]).toEqual(['a', 'a', 'q', 'a'])
    expect([key('#', 'Digit3', true), key(' ', 'Space'), key('ö', 'Semicolon')]).toEqual(['#', ' ', 'ö'])
  })
})

describe('the review', () => {
  const begin = more => {
    who = `learner ${Math.random()}`
    return open(review, data(more))
  }
  const click = node => node.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 })) // as a key does

  test('shows one card after the other, and sends each grade until it is acknowledged', () => {
    const page = begin()
    expect(page.find('.question').textContent).toBe('Front of a?')
    click(page.find('.show'))
    expect(page.find('.answer').textContent).toBe('Back of a.')
    click(page.all('.grade')[2])
    expect(page.find('.question').textContent).toBe('Front of b?')
    expect(page.told.at(-1)).toMatchObject({ kind: 'sends', sends: [{ card: 'a', grade: 3 }] })
    expect([page.find('.tally').textContent, page.root.dataset.unsent]).toEqual(['1/3 today', '1'])
    page.send(data({ acked: [page.told.at(-1).sends[0].id], queue: [card('b'), card('c')], done: 1, left: 2 }))
    expect([page.find('.tally').textContent, page.root.dataset.unsent]).toEqual(['1/3 today', '0'])
  })

  test('is graded by a key that has no digit on it', () => {
    const page = begin()
    page.key(page.root, ' ', { code: 'Space' })
    expect(page.key(page.root, '"', { code: 'Digit3' })).toBe(true)
    expect(page.told.at(-1)).toMatchObject({ kind: 'sends', sends: [{ card: 'a', grade: 3 }] })
  })

  test('sends again what was not answered, at longer and longer times', () => {
    vi.useFakeTimers()
    const page = begin()
    click(page.find('.show'))
    vi.advanceTimersByTime(1000)
    click(page.all('.grade')[0])
    const told = page.told.length
    vi.advanceTimersByTime(4000)
    expect(page.told.slice(told).map(one => one.kind)).toEqual(['again'])
    vi.advanceTimersByTime(7999)
    expect(page.told).toHaveLength(told + 1)
    vi.advanceTimersByTime(1)
    expect(page.told).toHaveLength(told + 2)
  })

  test('passes over a click that was meant for the button before', () => {
    const page = begin()
    click(page.find('.show'))
    page.all('.grade')[0].dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))
    expect(page.find('.question').textContent).toBe('Front of a?')
  })

  test('hears keys anywhere but where they mean something else, and one press however long once', () => {
    const page = begin()
    const field = document.body.appendChild(document.createElement('input'))
    expect(page.key(field, ' ')).toBe(false)
    expect(page.key(document.body, ' ', { ctrlKey: true })).toBe(false)
    expect(page.key(document.body, ' ')).toBe(true)
    expect(page.find('.answer')).not.toBeNull()
    page.key(document.body, ' ', { repeat: true })
    expect(page.find('.question').textContent).toBe('Front of a?')
    page.key(document.body, '2')
    expect(page.find('.question').textContent).toBe('Front of b?')
    page.key(document.body, 'u')
    expect(page.find('.question').textContent).toBe('Front of a?')
  })

  test('hears none while they are turned off', () => {
    const page = begin()
    click(page.find('.keys'))
    expect([page.key(document.body, ' '), localStorage.getItem('sslviz-keys-off')]).toEqual([false, '1'])
  })

  test('says which option was right, and which was chosen', () => {
    const page = begin({ queue: [card('a', { kind: 'choice', options: [[['', 'one']], [['', 'two']]], right: 1 })] })
    click(page.all('.option')[0])
    expect(page.all('.option').map(one => one.className)).toEqual(['option wrong', 'option right'])
  })

  test('takes cards as text, with bold and code', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const gap = { text: evil, hint: evil }
    const page = begin({
      queue: [
        card('a', {
          front: [[['', evil]], gap],
          back: [
            [
              1,
              [
                ['', evil],
                ['b', 'b'],
                ['code', 'c'],
              ],
            ],
          ],
          source: evil,
        }),
      ],
    })
    click(page.find('.show'))
    expect(page.find('img')).toBeNull()
    expect(page.texts('.answer b, .answer code')).toEqual(['b', 'c'])
    const line = rich(document.createElement('p'), [
      ['', 'a <i>'],
      ['b', '<i>'],
    ])
    expect([line.textContent, line.querySelectorAll('i').length]).toEqual(['a <i><i>', 0])
  })
})

describe('who is learning', () => {
  const ask = (more = {}) => ({ session: `${Math.random()}`, known: false, offer: null, replace: false, ...more })

  test('is said by the browser that has met the page, with its time zone', () => {
    localStorage.setItem('sslviz-learner', 'token')
    expect(open(learner, ask()).told).toMatchObject([{ token: 'token', zone: expect.any(String) }])
  })

  test('is offered a token, which is kept', () => {
    localStorage.clear()
    const page = open(learner, ask({ offer: 'new', replace: true }))
    expect(page.told.at(-1).token).toBe('new')
    expect(localStorage.getItem('sslviz-learner')).toBe('new')
  })

  test('keeps the token of another tab rather than an offer, unless that replaces it', () => {
    localStorage.setItem('sslviz-learner', 'first')
    expect(open(learner, ask({ offer: 'new' })).told.at(-1).token).toBe('first')
    localStorage.setItem('sslviz-send:x', '{}')
    expect(open(learner, ask({ offer: 'new', replace: true })).told.at(-1).token).toBe('new')
    expect(localStorage.getItem('sslviz-send:x')).toBeNull() // what the forgotten one had not sent
  })

  test('is told that the browser keeps nothing', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('full')
    })
    const page = open(learner, ask({ offer: 'new', replace: true }))
    expect(page.find('.note').textContent).toContain('only for this visit')
    page.find('button').click()
    expect(page.find('.note')).toBeNull()
  })
})
