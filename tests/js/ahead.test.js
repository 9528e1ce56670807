// The next labels: shown in the frame of the press, told to Python once, and never taken back by a message from before it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import ahead from '../../sslviz/ui/frame/ahead.js'
import { change, follow, view } from '../../sslviz/ui/live/view.js'
import { open } from './page.js'

const card = seed => ({ id: `a·${seed}`, seed, heard: 0, answer: `answer ${seed}` })
const told = (seed, more = {}) => ({
  id: 'page',
  card: 'the_card',
  sample: 5,
  seed,
  others: 0,
  labels: 0,
  heard: 0,
  edits: 0,
  further: 37,
  samples: 40,
  seeds: 12,
  asks: '',
  sliders: [],
  next: [1, 2, 3].map(by => ({ sample: 5, seed: (seed + by) % 12, slider: '', value: 0, name: `${seed + by}` })),
  ...more,
})
/** A card that writes what it is sent, and counts how often. */
const plain = () =>
  view({
    update: (part, data) => {
      part.drawn = (part.drawn ?? 0) + 1
      follow(part, data, data.seed)
      part.data = data
      part.root.textContent = `${data.seed} ${data.answer}`
      part.root.title = `${part.drawn}`
      part.root.onclick = () => change(part, 99)
    },
  })
const settle = () => vi.waitFor(() => expect(fetch.mock.results.every(one => one.type === 'return')).toBe(true))

let shown, buttons, page

/** A page as Streamlit has it: buttons with classes of keys, and the card in a shadow root. */
async function stand(seed = 0, more = {}) {
  document.body.innerHTML = `
    <div class="st-key-new_label"><button><i>New</i></button></div>
    <div class="st-key-another_sample"><button>Another</button></div>
    <div class="st-key-scene_again"><button disabled>Again</button></div>
    <div class="st-key-the_card"><div></div></div>`
  const shadow = document.querySelector('.st-key-the_card div').attachShadow({ mode: 'open' })
  shown = open(plain(), card(seed))
  shadow.append(shown.root.parentElement)
  page = open(ahead, told(seed, more))
  buttons = Object.fromEntries(
    ['new_label', 'another_sample', 'scene_again'].map(key => [key, document.querySelector(`.st-key-${key} button`)]),
  )
  await settle()
  await new Promise(done => setTimeout(done))
}

beforeEach(() => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async address => {
      const seed = Number(address.split('/').pop())
      return { status: 200, json: async () => ({ data: card(seed) }) }
    }),
  )
})
afterEach(() => {
  page?.close()
  page = undefined
  vi.unstubAllGlobals()
})

describe('a press', () => {
  test('shows the next label at once, and tells Python where the visitor stands, not the button', async () => {
    await stand()
    const clicked = vi.fn()
    document.body.addEventListener('click', clicked)
    buttons.new_label.firstChild.click()
    expect(shown.root.textContent).toBe('1 answer 1')
    expect(page.told).toEqual([{ made: { sample: 5, seed: 1, others: 0, labels: 1 }, nth: 1, id: 'page' }])
    expect(clicked).not.toHaveBeenCalled()
    expect(shown.root.ariaBusy ?? shown.root.getAttribute('aria-busy')).toBe('true')
    document.body.removeEventListener('click', clicked)
  })

  test('is followed by Python, and nothing is drawn twice', async () => {
    await stand()
    buttons.new_label.click()
    shown.send(card(1))
    page.send(told(1, { heard: 1 }))
    expect(shown.root.title).toBe('2')
    expect(shown.root.getAttribute('aria-busy')).toBe('false')
    expect(document.documentElement.hasAttribute('data-behind')).toBe(false)
  })

  test('quickly again goes on through what is there, and a message from before takes nothing back', async () => {
    await stand()
    for (let i = 0; i < 3; i++) buttons.new_label.click()
    expect(shown.root.textContent).toBe('3 answer 3')
    for (const seed of [0, 1, 2]) {
      shown.send(card(seed))
      page.send(told(seed, { heard: seed }))
      expect(shown.root.textContent).toBe('3 answer 3')
    }
    shown.send({ ...card(3), answer: 'a newer answer' })
    expect(shown.root.textContent).toBe('3 a newer answer')
    expect(page.told.map(one => one.made.seed)).toEqual([1, 2, 3])
  })

  test('for which nothing is there makes the card pale, and counts', async () => {
    await stand()
    buttons.another_sample.click()
    expect(shown.root.textContent).toBe('0 answer 0')
    expect(shown.root.hasAttribute('data-late')).toBe(true)
    expect(page.told.at(-1).made).toEqual({ sample: 2, seed: 0, others: 1, labels: 0 })
    buttons.new_label.click()
    expect(page.told.at(-1).made).toEqual({ sample: 2, seed: 1, others: 1, labels: 1 })
    shown.send({ ...card(1), id: 'b·1' })
    expect(shown.root.hasAttribute('data-late')).toBe(false)
  })

  test('counts from what Python has heard of', async () => {
    await stand(3, { others: 2, labels: 3, heard: 5 })
    buttons.another_sample.click()
    expect(page.told.at(-1)).toEqual({ made: { sample: 2, seed: 3, others: 3, labels: 3 }, nth: 6, id: 'page' })
  })

  test('after the last one begins anew', async () => {
    await stand(11, { sample: 39, next: [] })
    buttons.new_label.click()
    expect(page.told.at(-1).made).toEqual({ sample: 39, seed: 0, others: 0, labels: 1 })
  })

  test('of a button that is disabled, or of another, is left alone', async () => {
    await stand()
    buttons.scene_again.click()
    document.body.click()
    expect(page.told).toEqual([])
  })

  test('of a page that has left is left alone', async () => {
    await stand()
    page.close()
    buttons.new_label.click()
    expect(page.told).toEqual([])
    page = undefined
  })

  test('shows nothing that was made before a change by hand of which Python has not heard', async () => {
    await stand()
    shown.root.click()
    buttons.new_label.click()
    expect(shown.root.hasAttribute('data-late')).toBe(true)
    shown.send(card(1))
    page.send(told(1, { heard: 1, edits: 1 }))
    await settle()
    await new Promise(done => setTimeout(done))
    buttons.new_label.click()
    expect(shown.root.textContent).toBe('2 answer 2')
  })

  test('hides answers of a model that has gone on, until Python says the new ones', async () => {
    await stand(0, { asks: 'label' })
    buttons.new_label.click()
    expect(shown.root.dataset.asking).toBe('label')
    shown.send(card(1))
    expect(shown.root.dataset.asking).toBeUndefined()
  })

  test('to which Python answers with something else gives way to it', async () => {
    await stand()
    buttons.new_label.click()
    shown.send({ ...card(7), id: 'other settings·7' })
    expect(shown.root.textContent).toBe('7 answer 7')
  })

  test('that Python does not take is taken back', async () => {
    await stand()
    buttons.new_label.click()
    shown.send({ ...card(0), answer: 'said again' })
    expect(shown.root.textContent).toBe('1 answer 1')
    page.send(told(0, { heard: 1 }))
    await vi.waitFor(() => expect(shown.root.textContent).toBe('0 said again'), 2000)
  })
})

describe('a slider', () => {
  const slides = {
    sliders: [{ slider: 'share', value: 0.2 }],
    next: [
      { sample: 5, seed: 0, slider: 'share', value: 0.3, name: '7' },
      { sample: 5, seed: 1, slider: '', value: 0, name: '1' },
    ],
  }
  /** The slider that Streamlit draws is moved; Python is told later, by Streamlit. */
  async function move(value) {
    document.querySelector('.st-key-share input').value = value
    document.body.dispatchEvent(new Event('keydown', { bubbles: true }))
    await new Promise(requestAnimationFrame)
  }
  async function stand_with_slider() {
    await stand(0, slides)
    document.body.insertAdjacentHTML(
      'beforeend',
      '<div class="st-key-share"><input type="range" min="0" max="1" step="0.1" value="0.2"></div>',
    )
  }

  test('shows its label while it is moved, and tells Python nothing of its own', async () => {
    await stand_with_slider()
    await move(0.3)
    expect(shown.root.textContent).toBe('7 answer 7')
    expect(page.told).toEqual([])
    shown.send(card(0)) // from before
    page.send(told(0, slides))
    expect(shown.root.textContent).toBe('7 answer 7')
    expect(document.documentElement.hasAttribute('data-behind')).toBe(true)
    shown.send(card(7))
    page.send(told(0, { ...slides, sliders: [{ slider: 'share', value: 0.3 }] }))
    expect(shown.root.textContent).toBe('7 answer 7')
    expect(document.documentElement.hasAttribute('data-behind')).toBe(false)
  })

  test('at a value for which nothing is there makes the card pale, and moved back shows what was there', async () => {
    await stand_with_slider()
    await move(0.3)
    await move(0.9)
    expect(shown.root.hasAttribute('data-late')).toBe(true)
    await move(0.2)
    expect(shown.root.textContent).toBe('0 answer 0')
    expect(shown.root.hasAttribute('data-late')).toBe(false)
    buttons.new_label.click()
    expect(shown.root.textContent).toBe('1 answer 1')
  })

  test('that is under way leaves a press to Python, which knows the settings', async () => {
    await stand_with_slider()
    await move(0.3)
    buttons.new_label.click()
    expect(shown.root.hasAttribute('data-late')).toBe(true)
    expect(page.told.map(one => one.made)).toEqual([{ sample: 5, seed: 1, others: 0, labels: 1 }])
  })
})

test('each card is fetched once, and what nobody can ask for any more is forgotten', async () => {
  await stand()
  page.send(told(1, { heard: 0 }))
  await settle()
  expect(fetch.mock.calls.map(([address]) => address)).toEqual(['/ahead/1', '/ahead/2', '/ahead/3', '/ahead/4'])
})

test('the pictures of a card are loaded with it, so that they are there in the frame of the press', async () => {
  const loaded = []
  vi.stubGlobal('Image', function () {
    loaded.push(this)
  })
  const columns = [{ cells: [{ image: 'data:image/png;base64,AA' }, { text: 'data:text/html,x', wrong: false }] }]
  fetch.mockImplementation(async () => ({ status: 200, json: async () => ({ data: { ...card(1), columns } }) }))
  await stand(0, { next: [{ sample: 5, seed: 1, slider: '', value: 0, name: '1' }] })
  expect(loaded.map(one => one.src)).toEqual(['data:image/png;base64,AA'])
})

test('a card that is not served is one that is not there', async () => {
  fetch.mockImplementation(async () => ({ status: 204 }))
  await stand()
  buttons.new_label.click()
  expect(shown.root.hasAttribute('data-late')).toBe(true)
})
