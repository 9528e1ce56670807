import { describe, expect, test } from 'vitest'
import market from '../../sslviz/ui/labels/transfer/market.js'
import { open } from './page.js'

let seed = 0
const data = (more = {}) => ({
  id: `seed ${seed}`, title: 'Or choose', hint: '', sheet: 'data:,', columns: 3, count: 6, budget: 2, chosen: [], busy: false,
  turn: 0, ...more,
}) // prettier-ignore
const fresh = more => {
  seed += 1 // the choice outlives the page, so each test has a market of its own
  return open(market, data(more))
}
const chosen = page => page.all('.good').flatMap((one, i) => (one.getAttribute('aria-pressed') === 'true' ? [i] : []))
const buys = page => page.find('.buy')
const press = (page, ...places) => places.forEach(i => page.all('.good')[i].click())

describe('the choice', () => {
  test('takes as many as there are labels, and gives back', () => {
    const page = fresh()
    press(page, 4, 1)
    expect(chosen(page)).toEqual([1, 4])
    press(page, 4)
    expect([chosen(page), page.find('.count').textContent]).toEqual([[1], '1 of 2 chosen'])
  })

  test('says why one more is not taken', () => {
    const page = fresh()
    press(page, 0, 1, 2)
    expect(chosen(page)).toEqual([0, 1])
    expect(page.find('.count').textContent).toContain('Give one back')
    press(page, 0)
    expect(page.find('.count').textContent).toBe('1 of 2 chosen')
  })

  test('is bought once, when it is full', () => {
    const page = fresh()
    expect(buys(page).disabled).toBe(true)
    press(page, 4, 1)
    expect(buys(page).disabled).toBe(false)
    buys(page).click()
    buys(page).click()
    expect(page.told).toEqual([{ kind: 'buy', cells: [4, 1], id: `seed ${seed}` }])
    expect([buys(page).textContent, buys(page).disabled]).toEqual(['Buying …', true])
  })

  test('can be bought again when Python has taken the purchase or refused it', () => {
    const page = fresh()
    press(page, 0, 1)
    buys(page).click()
    page.send(data({ turn: 1, busy: true }))
    expect(buys(page).disabled).toBe(true)
    page.send(data({ turn: 1 }))
    expect([buys(page).disabled, chosen(page)]).toEqual([false, [0, 1]])
  })

  test('keeps its first ones when there are fewer labels', () => {
    const page = fresh({ budget: 3 })
    press(page, 5, 2, 0)
    page.send(data({ budget: 2 }))
    expect(chosen(page)).toEqual([2, 5])
  })

  test('outlives its nodes, but not its market', () => {
    press(fresh(), 3)
    expect(chosen(open(market, data()))).toEqual([3])
    expect(chosen(fresh())).toEqual([])
  })

  test('begins with what Python kept, and starts over where its first one was', () => {
    const page = fresh({ chosen: [2, 5] })
    expect(chosen(page)).toEqual([2, 5])
    page.find('.plain').click()
    expect([chosen(page), document.activeElement]).toEqual([[], page.all('.good')[2]])
  })
})

describe('the keys', () => {
  const walk = (page, from, key) => {
    page.all('.good').forEach((node, i) => Object.defineProperty(node, 'offsetTop', { value: Math.floor(i / 3) * 50 }))
    page.all('.good')[from].focus()
    page.key(page.all('.good')[from], key)
    return page.all('.good').indexOf(document.activeElement)
  }

  test('move by one, by a row, and to the ends', () => {
    const page = fresh()
    const found = ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map(key => walk(page, 1, key))
    expect(found).toEqual([2, 0, 4, 1, 0, 5, 1])
    expect([walk(page, 5, 'ArrowRight'), walk(page, 0, 'ArrowUp')]).toEqual([5, 0])
  })

  test('find one stop for Tab, where they are', () => {
    const page = fresh()
    expect(page.all('.good').map(one => one.tabIndex)).toEqual([0, -1, -1, -1, -1, -1])
    walk(page, 1, 'ArrowDown')
    expect(page.all('.good').map(one => one.tabIndex)).toEqual([-1, -1, -1, -1, 0, -1])
  })
})
