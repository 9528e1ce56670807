import { describe, expect, test, vi } from 'vitest'
import embedding from '../../sslviz/ui/live/embedding_view.js'
import { between, eased, fit, next_point, project, under, zoomed } from '../../sslviz/ui/live/embedding/camera.js'
import { decode, take_frames } from '../../sslviz/ui/live/embedding/film.js'
import { pace_of } from '../../sslviz/ui/live/embedding/motion.js'
import { brief, said_of, thumbs } from '../../sslviz/ui/live/embedding/paint.js'
import { same_bytes, unframe } from '../../sslviz/ui/live/frames.js'
import { open, pack } from './page.js'

const about = (more = {}) => ({
  id: 'run', n: 2, first: 0, steps: [0, 10], total: 2, full: true, views: ['t-SNE', 'PCA'],
  scales: [[1, 0.5], [2, 0.25]], picked: null, near: [], title_note: '', hint: 'point', mode: 'live', height: 250,
  sprite: null, classes: [0, 1], names: ['cat', 'dog'], labels: ['x', 'y'], ...more,
}) // prettier-ignore
// Two frames of two views of two points, as x, y, x, y.
const raw = Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 30, 40, 50, 60, 70, 80)
const always = () => true

describe('a frame of bytes', () => {
  test('is taken apart where Python joined it', () => {
    const bytes = pack({ id: 'ü' }, Int16Array.of(-1, 2))
    const { header, bytes: copy, at } = unframe(bytes)
    expect(header).toEqual({ id: 'ü' })
    expect([...new Int16Array(copy.buffer, at, 2)]).toEqual([-1, 2])
  })

  test('is taken apart wherever it lies in memory', () => {
    const bytes = pack({ id: 'a' }, Int16Array.of(7))
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    expect(unframe(shifted.subarray(1)).header).toEqual({ id: 'a' })
  })

  test('is told from another one', () => {
    expect(same_bytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(same_bytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(same_bytes(undefined, Uint8Array.of(1))).toBe(false)
  })
})

describe('a film', () => {
  test('has each position times the scale of its view and frame', () => {
    const { frames } = decode(pack(about(), raw))
    expect(frames.map(frame => frame.step)).toEqual([0, 10])
    expect(frames.map(({ places }) => places.map(one => [...one]))).toEqual([
      [
        [1, 2, 3, 4],
        [10, 12, 14, 16],
      ],
      [
        [5, 10, 15, 20],
        [12.5, 15, 17.5, 20],
      ],
    ])
  })

  test('has the pictures behind the positions', () => {
    const sprite = { bytes: 3, cols: 2, cell: 32 }
    const { pictures } = decode(pack(about({ sprite }), raw, Uint8Array.of(7, 8, 9)))
    expect([...pictures]).toEqual([7, 8, 9])
    expect(decode(pack(about(), raw)).pictures).toBeNull()
  })

  const frame = step => ({ step, places: [] })
  const film = () => ({ id: 'run', frames: [frame(0), frame(10)], fixed: about() })

  test('begins with a full message, and goes on with frames behind those that it has', () => {
    const one = { frames: [] }
    expect(take_frames(one, about(), [frame(0), frame(10)])).toBe('another')
    expect(one.fixed.labels).toEqual(['x', 'y'])
    expect(take_frames(one, about({ full: false, first: 2, total: 3 }), [frame(20)])).toBe('more')
    expect(one.frames.map(({ step }) => step)).toEqual([0, 10, 20])
  })

  test('lacks frames when a message comes too late, or of a film that never began', () => {
    expect(take_frames(film(), about({ full: false, first: 3, total: 4 }), [frame(30)])).toBe('missing')
    expect(take_frames(film(), about({ id: 'new', full: false, first: 0 }), [])).toBe('missing')
    expect(take_frames({ frames: [] }, about({ full: false, first: 0 }), [])).toBe('missing')
  })

  test('is cut where a run begins again under its old name', () => {
    const one = film()
    take_frames(one, about({ total: 1 }), [frame(0)])
    expect(one.frames.map(({ step }) => step)).toEqual([0])
  })

  test('plays in six seconds, unless frames then come too fast or too slowly', () => {
    expect([1, 15, 30, 60, 1000].map(pace_of)).toEqual([400, 400, 200, 100, 90])
  })

  test('asks for what it lacks at once, and again until it comes', () => {
    vi.useFakeTimers()
    const page = open(embedding, pack(about({ full: false, first: 5, total: 6, steps: [] })))
    expect(page.told).toEqual([{ kind: 'missing', turn: 1 }])
    vi.advanceTimersByTime(4000) // the first one was lost on its way
    expect(page.told.map(one => one.turn)).toEqual([1, 2, 3])
    page.send(pack(about(), raw))
    vi.advanceTimersByTime(9000)
    expect(page.told).toHaveLength(3)
  })

  test('takes no frames of the run that was here before', () => {
    const page = open(embedding, pack(about(), raw))
    const late = pack(about({ id: 'before', full: false, first: 2, total: 3, steps: [] }))
    page.root.dispatchEvent(new CustomEvent('look', { detail: late }))
    expect(page.told).toEqual([]) // or it would ask Python for the whole film of that run
  })

  test('says its classes, and switches one off', () => {
    const page = open(embedding, pack(about(), raw))
    expect(page.texts('.legend button')).toEqual(['cat', 'dog'])
    page.all('.legend button')[1].click()
    expect(page.all('.legend button').map(one => one.getAttribute('aria-pressed'))).toEqual(['true', 'false'])
  })
})

describe('the camera', () => {
  test('shows all points, with one scale for both axes', () => {
    expect(fit(Float32Array.of(0, 0, 10, 5), 154, 154)).toEqual({ x: 5, y: 2.5, k: 10 })
    expect(fit(Float32Array.of(3, 3), 154, 154)).toEqual({ x: 3, y: 3, k: 100 }) // a single point divides by nothing
  })

  test('puts points on the screen, with up above', () => {
    const at = new Float32Array(4)
    project(Float32Array.of(0, 0, 1, 1), { x: 0, y: 0, k: 10 }, { k: 2, x: 1, y: 0 }, 100, 60, at)
    expect([...at]).toEqual([51, 30, 71, 10])
  })

  test('glides from one view to the other', () => {
    expect([0, 0.5, 1].map(eased)).toEqual([0, 0.5, 1])
    const [from, to] = [
      { x: 0, y: 0, k: 1 },
      { x: 4, y: 8, k: 16 },
    ]
    expect(between(from, to, 0)).toEqual(from)
    expect(between(from, to, 0.5)).toEqual({ x: 2, y: 4, k: 4 }) // sizes multiply
    expect(between(from, to, 1)).toEqual(to)
  })

  test('leaves the spot where it is around which it enlarges', () => {
    const before = { k: 1, x: 0, y: 0 }
    const after = zoomed(before, 2, 30, -10)
    expect(after).toEqual({ k: 2, x: -30, y: 10 })
    expect((30 - after.x) / after.k).toBe((30 - before.x) / before.k)
  })

  test('goes neither below the whole map nor beyond thirty times', () => {
    expect(zoomed({ k: 3, x: 5, y: 5 }, 0, 0, 0)).toEqual({ k: 1, x: 0, y: 0 })
    expect(zoomed({ k: 20, x: 0, y: 0 }, 9, 0, 0).k).toBe(30)
  })
})

describe('points', () => {
  const at = Float32Array.of(0, 0, 10, 0, 20, 1, 0, 30)

  test('are meant by the pointer within 16 px, the nearest one first', () => {
    expect(under(at, 9, 3, always)).toBe(1)
    expect(under(at, 100, 100, always)).toBeNull()
    expect(under(at, 9, 3, i => i !== 1)).toBe(0)
  })

  test('are walked through by arrow keys, in the direction of the key', () => {
    expect(next_point(at, 0, [1, 0], [0, 0], always)).toBe(1)
    expect(next_point(at, 1, [1, 0], [0, 0], always)).toBe(2)
    expect(next_point(at, 0, [0, 1], [0, 0], always)).toBe(3)
    expect(next_point(at, 0, [1, 0], [0, 0], i => i !== 1)).toBe(2)
    expect(next_point(at, 2, [1, 0], [0, 0], always)).toBe(2) // there is none further right
  })

  test('from nowhere the walk begins in the middle', () => {
    expect(next_point(at, null, [1, 0], [1, 28], always)).toBe(3)
  })

  test('are said once where the name is the class', () => {
    const fixed = about({ labels: ['Coat', 'my coat'], names: ['Coat', 'Bag'], classes: [0, 0] })
    expect(said_of({ fixed }, 0)).toEqual(['Coat'])
    expect(said_of({ fixed }, 1)).toEqual(['my coat', 'Coat'])
  })

  test('have a picture for each neighbour that is named', () => {
    const [thumb, strip] = [0, 1].map(() => document.createElement('canvas'))
    const drawn = vi.fn()
    strip.getContext = () => ({ drawImage: drawn })
    const fixed = about({ sprite: { bytes: 3, cols: 3, cell: 32 } })
    thumbs({ thumb, strip, fixed, sprite: {} }, 0, [1, 2, 3, 4, 5, 6])
    const places = drawn.mock.calls.map(call => call[5])
    expect(places).toEqual([0, 36, 72, 108, 144, 180])
    expect(strip.width).toBe(180 + 32) // the last one is whole, too
  })

  test('have labels as short as the map needs', () => {
    expect(brief('cat')).toBe('cat')
    expect(brief('the cat [sat] there and there')).toBe('sat')
    expect(brief('a very long name of a thing indeed')).toBe('a very long name of …')
  })
})
