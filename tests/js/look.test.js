import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import look from '../../sslviz/ui/frame/look.js'
import { open, pack } from './page.js'

const about = (more = {}) => ({
  run: 'run', film: 'run-first', follows: 'mark', mark: 'playing', step: 5, frames: 1, moves: '', ...more,
}) // prettier-ignore
const found = (more = {}) => ({
  run: 'run', gone: false, mark: 'playing', step: 6, frames: 1, line: "<div class='run'><b>6</b> of 9</div>",
  curve: [[6, 1.5]], held: [], budget: 9, mode: 'live', film: false, ...more,
}) // prettier-ignore

let pages = []
const follow = data => {
  const page = open(look, data)
  pages.push(page)
  return page
}

/** The server gives these answers one after the other, then says that nothing has changed. */
function server(...answers) {
  const asked = []
  vi.stubGlobal('fetch', async url => {
    asked.push(url)
    const next = answers.shift()
    if (next instanceof Error) throw next
    if (!next) return { status: 204 }
    return { status: 200, arrayBuffer: async () => next.buffer }
  })
  return asked
}

/** A part of the page that listens: the root of a view in the container with this key. */
function listener(key) {
  const box = document.createElement('div')
  const host = document.createElement('div')
  box.className = `st-key-${key}`
  box.append(host)
  const root = document.createElement('div')
  root.className = 'root'
  host.attachShadow({ mode: 'open' }).append(root)
  document.body.append(box)
  const heard = []
  for (const name of ['look', 'drawn']) root.addEventListener(name, event => heard.push(event.detail))
  return heard
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  for (const page of pages) page.close()
  pages = []
  vi.unstubAllGlobals()
})

describe('a look', () => {
  test('moves figures, loss and map, and has nothing drawn by Python', async () => {
    document.body.innerHTML = "<div class='st-key-transport'><div class='run' data-run='run'><b>5</b></div></div>"
    const [loss, map] = [listener('loss'), listener('embedding')]
    const asked = server(pack(found({ film: true, frames: 2 }), Uint8Array.of(1, 2, 3, 4)))
    const page = follow(about({ frames: 2 }))
    await vi.advanceTimersByTimeAsync(600)
    expect(asked[0].searchParams.get('step')).toBe('5')
    expect(document.querySelector('.run').textContent).toBe('6 of 9')
    expect(loss[0].curve).toEqual([[6, 1.5]])
    expect([...map[0]]).toEqual([1, 2, 3, 4])
    await vi.advanceTimersByTimeAsync(600)
    expect(asked[1].searchParams.get('step')).toBe('6')
    expect(loss).toHaveLength(1)
    expect(page.told).toEqual([])
  })

  test('that is answered when Python has drawn another run leaves that alone', async () => {
    document.body.innerHTML = "<div class='st-key-transport'><div class='run' data-run='other'><b>0</b></div></div>"
    server(pack(found()))
    follow(about())
    await vi.advanceTimersByTimeAsync(600)
    expect(document.querySelector('.run').textContent).toBe('0')
  })

  test('is shared by all that follow a run, and ends with the last of them', async () => {
    const asked = server()
    const both = [follow(about()), follow(about({ follows: 'step' }))]
    await vi.advanceTimersByTimeAsync(2100)
    expect(asked).toHaveLength(4)
    for (const page of both) page.close()
    await vi.advanceTimersByTimeAsync(2000)
    expect(asked).toHaveLength(4)
  })

  test('comes sooner before the first step', async () => {
    const asked = server()
    follow(about({ step: 0 }))
    await vi.advanceTimersByTimeAsync(500)
    expect(asked).toHaveLength(3)
  })

  test.each([
    [0, 5, 38, 40],
    [100, 5, 17, 19], // ten times what it takes
    [1000, 5, 6, 8], // at most four times as rare, so that the line keeps moving
    [1000, 0, 11, 14],
  ])('comes less often where it takes %i ms', async (takes, step, least, most) => {
    let asked = 0
    vi.stubGlobal('fetch', async () => {
      asked += 1
      await new Promise(done => setTimeout(done, takes))
      return { status: 204 }
    })
    follow(about({ run: `takes ${takes} ${step}`, step }))
    await vi.advanceTimersByTimeAsync(20000)
    expect(asked).toBeGreaterThanOrEqual(least)
    expect(asked).toBeLessThanOrEqual(most)
  })

  test('that fails is tried again', async () => {
    const loss = listener('loss')
    server(new Error('offline'), pack(found()))
    follow(about())
    await vi.advanceTimersByTimeAsync(1100)
    expect(loss).toHaveLength(1)
  })
})

describe('a card that moves with a run', () => {
  const data = (more = {}) =>
    about({ follows: 'all', moves: 'name', run: `moves ${more.film} ${more.follows}`, ...more })
  const follower = more => follow(data(more))

  /** The run makes a step between two looks; `moved` says what is brought under a name. */
  function runs(moved, mark = () => 'playing') {
    const asked = []
    let step = 5
    vi.stubGlobal('fetch', async url => {
      step += 1
      if (!url.pathname.includes('/moves/')) {
        return { status: 200, arrayBuffer: async () => pack(found({ step, mark: mark() })).buffer }
      }
      asked.push(url.pathname.split('/').at(-1))
      const brought = await moved(asked.at(-1), step)
      return { status: 200, json: async () => ({ step, moved: brought }) }
    })
    return asked
  }

  test('is fetched by its name, at most once a second, and not drawn by Python', async () => {
    const card = listener('words_card')
    const asked = runs((name, step) => [
      { key: 'words_card', data: { step } },
      { key: 'words_card', frame: btoa('ab') },
    ])
    const page = follower()
    await vi.advanceTimersByTimeAsync(5200)
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(asked.length).toBeLessThanOrEqual(5)
    expect(new Set(asked)).toEqual(new Set(['name']))
    expect(card[0].step).toBeGreaterThan(5)
    expect([...card[1]]).toEqual([97, 98])
    expect(page.told).toEqual([])
  })

  test('is not fetched where the run has made no step', async () => {
    const asked = []
    vi.stubGlobal('fetch', async url => {
      asked.push(url.pathname)
      return { status: 204 }
    })
    follower({ film: 'still' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(asked.some(path => path.includes('/moves/'))).toBe(false)
  })

  test('comes more rarely beside all the rest of a lab, and waits until it is scrolled to', async () => {
    const asked = runs(() => [])
    const page = follower({ follows: 'step' })
    let top = 2000
    page.root.getBoundingClientRect = () => ({ top, bottom: top + 500 })
    await vi.advanceTimersByTimeAsync(5000)
    expect(asked).toEqual([])
    top = 100
    await vi.advanceTimersByTimeAsync(10000)
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(asked.length).toBeLessThanOrEqual(5)
  })

  test('comes less often where it takes long, and holds up no look', async () => {
    const loss = listener('loss')
    const asked = runs(() => new Promise(done => setTimeout(done, 500, [])))
    follower({ film: 'slow' })
    await vi.advanceTimersByTimeAsync(20000)
    expect(asked.length).toBeGreaterThanOrEqual(3)
    expect(asked.length).toBeLessThanOrEqual(5)
    expect(loss.length).toBeGreaterThan(35)
  })

  test('is drawn by Python where the server does not hold it, until Python gives it another name', async () => {
    runs(name => (name === 'name' ? null : []))
    const page = follower({ follows: 'step', film: 'lost' })
    await vi.advanceTimersByTimeAsync(5500)
    const told = page.told.length
    expect(told).toBeGreaterThan(0)
    page.send(data({ follows: 'step', film: 'lost', moves: 'other' }))
    await vi.advanceTimersByTimeAsync(5000)
    expect(page.told).toHaveLength(told)
  })

  test('has a line that moves, too, and the page as a whole is drawn only when its mark is another', async () => {
    document.body.innerHTML = "<div class='st-key-learn_bar'><button></button><p class='nth'>step 5</p></div>"
    let mark = 'playing'
    runs(
      () => [{ key: 'learn_bar', html: "<p class='nth'>step <b>8</b></p>" }],
      () => mark,
    )
    const page = follower({ film: 'line' })
    await vi.advanceTimersByTimeAsync(4000)
    expect(document.querySelector('.nth').innerHTML).toBe('step <b>8</b>')
    expect(document.querySelector('button')).not.toBeNull()
    expect(page.told).toEqual([])
    mark = 'paused'
    await vi.advanceTimersByTimeAsync(1000)
    expect(page.told).toHaveLength(1)
  })

  test('is left alone by an answer to an older name', async () => {
    const card = listener('late_card')
    let answer = () => {}
    runs(() => new Promise(done => (answer = done)))
    const page = follower({ film: 'late' })
    await vi.advanceTimersByTimeAsync(2100)
    page.send(data({ film: 'late', moves: 'newer', step: 9 }))
    answer([{ key: 'late_card', data: {} }])
    await vi.advanceTimersByTimeAsync(10)
    expect(card).toEqual([])
  })
})

describe('Python draws', () => {
  test('what follows the mark when that is another, again only when it was not heard', async () => {
    server(pack(found({ mark: 'paused' })))
    const page = follow(about())
    await vi.advanceTimersByTimeAsync(1100)
    expect(page.told).toEqual([{ kind: 'moved', turn: 1 }])
    await vi.advanceTimersByTimeAsync(1000)
    expect(page.told).toHaveLength(2)
    page.send(about({ mark: 'paused' }))
    await vi.advanceTimersByTimeAsync(3000)
    expect(page.told).toHaveLength(2)
  })

  test('what follows the steps at most every two seconds', async () => {
    server(...[6, 7, 8, 9, 10, 11, 12, 13, 14].map(step => pack(found({ step }))))
    const page = follow(about({ follows: 'step' }))
    await vi.advanceTimersByTimeAsync(4600)
    expect(page.told.length).toBeGreaterThan(0)
    expect(page.told.length).toBeLessThanOrEqual(2)
  })

  test.each([
    ['step', 2000, 0],
    ['frames', -900, 0],
    ['step', innerHeight + 200, 1], // nearly on the screen
    ['all', 2000, 1], // the page as a whole
  ])('what follows the %s, %i px down, only where it is seen', async (follows, top, times) => {
    server(pack(found({ step: 6, frames: 2 })))
    const page = follow(about({ follows, run: `${follows} ${top}` }))
    const block = document.createElement('div')
    block.dataset.testid = 'stVerticalBlock'
    page.root.replaceWith(block)
    block.append(page.root)
    let at = top
    block.getBoundingClientRect = () => ({ top: at, bottom: at + 500 })
    await vi.advanceTimersByTimeAsync(1100)
    expect(page.told).toHaveLength(times)
    at = 100 // scrolled to
    await vi.advanceTimersByTimeAsync(1100)
    expect(page.told.length).toBeGreaterThan(0)
  })

  test.each(['step', 'all'])('less often where the server is busy: %s', async follows => {
    const told = []
    for (const busy of [0, 600]) {
      let step = 5
      vi.stubGlobal('fetch', async () => {
        await new Promise(done => setTimeout(done, busy))
        step += 1
        return { status: 200, arrayBuffer: async () => pack(found({ step })).buffer }
      })
      const page = follow(about({ run: `run ${busy}`, follows }))
      await vi.advanceTimersByTimeAsync(20000)
      told.push(page.told.length)
      page.close()
    }
    expect(told[0]).toBeGreaterThan(7)
    expect(told[1]).toBeGreaterThan(1)
    expect(told[1]).toBeLessThan(5)
  })

  test('all anew when the run is gone', async () => {
    server(pack({ gone: true }))
    const page = follow(about({ follows: 'frames' }))
    await vi.advanceTimersByTimeAsync(3000)
    expect(page.told.length).toBeGreaterThan(0)
  })
})
