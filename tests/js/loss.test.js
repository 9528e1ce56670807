import { describe, expect, test } from 'vitest'
import loss from '../../sslviz/ui/live/loss_view.js'
import { name_places, nearest, range, round_step } from '../../sslviz/ui/live/loss/scale.js'
import { open } from './page.js'

const guess = { name: 'guessing: ln 8', value: 2, kind: 'chance' }
const data = (more = {}) => ({
  run: 'run', curve: [[0, 2.1], [10, 1.5], [20, 1]], held: [], budget: 20, baselines: [guess], height: 260, unit: 'nats', mode: 'live',
  empty: 'Press Play', ...more,
}) // prettier-ignore

describe('ticks', () => {
  test('are a round distance apart', () => {
    expect([1, 3, 4, 7, 9, 30].map(reach => round_step(reach, 4))).toEqual([0.25, 1, 1, 2, 2.5, 10])
    expect(round_step(0.01, 4)).toBeCloseTo(0.0025)
  })
})

describe('the axis', () => {
  test('begins at 0 where much was learned', () => {
    const { bottom, top } = range({ curve: [[0, 4], [9, 1]], held: [], baselines: [] }) // prettier-ignore
    expect(bottom).toBe(0)
    expect(top).toBeCloseTo(4.36)
  })

  test('begins above 0 where little happens', () => {
    const { bottom, top } = range({ curve: [[0, 4], [9, 3.8]], held: [], baselines: [] }) // prettier-ignore
    expect(bottom).toBeCloseTo(3.8 - 0.35 * 0.2 - 0.05)
    expect(top).toBeCloseTo(4 + 0.09 * (4 - bottom))
  })

  test('is cut where the first steps are far above any simple answer', () => {
    const wild = range({ curve: [[0, 50], [9, 1]], held: [], baselines: [guess] }) // prettier-ignore
    expect([wild.cut, wild.most]).toEqual([true, 50])
    expect(wild.top).toBeCloseTo(2.2 * 2 * 1.09)
    expect(range({ curve: [[0, 8]], held: [], baselines: [guess] }).cut).toBe(false) // prettier-ignore
  })

  test('has room for the line of guessing, and for held-out samples', () => {
    expect(range({ curve: [], held: [], baselines: [guess] }).top).toBeGreaterThan(2)
    expect(range({ curve: [[0, 1]], held: [[0, 3]], baselines: [] }).top).toBeGreaterThan(3)
  })

  test('is there before the first point', () => {
    expect(range({ curve: [], held: [], baselines: [] })).toMatchObject({ bottom: 0, most: 1, cut: false })
  })
})

describe('names of lines', () => {
  test('stand just above their lines, in their order', () => {
    expect(name_places([100, 40], 0, 200)).toEqual([95, 35])
  })

  test('stand on no other name and on no other line', () => {
    const lines = [100, 104, 108]
    const places = name_places(lines, 0, 200)
    for (const [i, y] of places.entries()) {
      expect(places.every((other, j) => i === j || Math.abs(other - y) >= 14)).toBe(true)
      expect(lines.every(line => line < y - 11 || line > y + 2)).toBe(true)
    }
  })

  test('stay on the plot', () => {
    expect(name_places([12], 10, 200)).toEqual([26])
  })

  test('stand on no curve that passes there, where there is room', () => {
    expect(name_places([60], 18, 120, [[50, 58]])).toEqual([74])
    expect(name_places([60], 18, 120, [[62, 90]])).toEqual([55])
    expect(name_places([60], 18, 120, [[Infinity, -Infinity]])).toEqual([55])
    expect(name_places([60], 40, 64, [[0, 100]])).toEqual([55])
  })

  test('make way for a flat curve in a small plot', () => {
    const flat = Array.from({ length: 21 }, (_, step) => [step, step % 2 ? 1.97 : 1.99])
    const small = { height: 100, budget: 20, baselines: [{ name: 'guessing', value: 2, kind: 'chance' }] }
    const page = open(loss, data({ ...small, curve: flat }))
    const name = [...page.all('.name')].find(node => node.textContent.includes('guessing'))
    const row = Number(name.getAttribute('y'))
    const points = page.find('polyline.curve').getAttribute('points').split(' ')
    const levels = points.map(point => Number(point.split(',')[1]))
    expect(levels.every(level => level < row - 11 || level > row + 2)).toBe(true)
    expect(page.all('text').some(node => node.textContent === 'loss')).toBe(true) // the unit would be cut off
  })
})

describe('the plot', () => {
  test('reads the point of the curve that is nearest', () => {
    expect([-5, 4, 6, 99].map(step => nearest(data().curve, step))).toEqual([0, 0, 1, 2])
  })

  test('says the newest loss, and any other by arrow keys', () => {
    const page = open(loss, data())
    const svg = page.find('svg[role=img]')
    expect(page.find('.read').textContent).toBe('1.00')
    expect(page.key(svg, 'ArrowLeft')).toBe(true)
    expect(page.find('.said-only').textContent).toBe('step 10: 1.50')
    page.key(svg, 'Home')
    expect(page.find('.said-only').textContent).toBe('step 0: 2.10')
    page.key(svg, 'ArrowLeft')
    expect(page.find('.said-only').textContent).toBe('step 0: 2.10')
    svg.dispatchEvent(new Event('blur'))
    expect(page.find('.read').textContent).toBe('1.00')
  })

  test('stays at the step that is read when new points come', () => {
    const page = open(loss, data())
    page.key(page.find('svg[role=img]'), 'Home')
    page.send(data({ curve: [...data().curve, [30, 0.9]] }))
    expect(page.find('.read').textContent).toBe('step 0: 2.10')
  })

  test('moves with a look at its own run, and not with one at the run before', () => {
    const page = open(loss, data())
    const look = (run, to) =>
      page.root.dispatchEvent(
        new CustomEvent('look', { detail: { run, curve: [[0, 2.1], [30, to]], held: [], budget: 30, mode: 'live' } }), // prettier-ignore
      )
    look('run', 0.75)
    expect(page.find('.read').textContent).toBe('0.75')
    look('another', 0.5)
    expect(page.find('.read').textContent).toBe('0.75')
  })

  test('says what is to be done before the first point', () => {
    const page = open(loss, data({ curve: [] }))
    expect(page.find('.empty').textContent).toBe('Press Play')
    expect(page.find('.read')).toBeNull()
  })

  test('has three figures where errors are small, and takes names as text', () => {
    const evil = { name: '<script>x</script>', value: 2, kind: 'baseline' }
    const page = open(loss, data({ unit: 'squared error', baselines: [evil] }))
    expect(page.find('.read').textContent).toBe('1.000')
    expect(page.find('script')).toBeNull()
    expect(page.texts('.name')).toEqual(['<script>x</script> = 2.000'])
  })
})
