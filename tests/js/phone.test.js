import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { draw_question, revealed } from '../../sslviz/classroom/phone/question.js'
import { rows_of } from '../../sslviz/ui/classroom/votes.js'
import { offer } from '../../sslviz/classroom/phone/alone.js'

const PUT = { number: 3, text: 'Which?', choices: ['on', 'off'], words: [], images: [], sounds: [], sort: false }
const drawn = (put = {}, vote = () => undefined) => {
  const place = document.createElement('main')
  document.body.append(place)
  draw_question(place, { ...PUT, ...put }, '/class/K7MXQP/sound/3', vote)
  return place
}
const texts = (place, selector) => [...place.querySelectorAll(selector)].map(node => node.textContent)

describe('a question on a phone', () => {
  test('answers are buttons, and a tap votes', () => {
    const vote = vi.fn()
    const place = drawn({}, vote)
    expect(texts(place, 'button.choice')).toEqual(['Aon', 'Boff'])
    place.querySelectorAll('button.choice')[1].click()
    expect(vote).toHaveBeenCalledWith(1)
  })

  test('a gap is drawn and said, and words are text only', () => {
    const place = drawn({ words: ['The <b>cat</b> is ▨ the table.'] })
    expect(place.querySelector('b')).toBeNull()
    expect(place.querySelectorAll('.asked .gap')).toHaveLength(1)
    expect(place.querySelector('.asked').textContent).toContain('is  hidden word  the')
  })

  test('a picture or a sound with the name of an answer stands at that answer', () => {
    const place = drawn({
      choices: ['A', 'B'],
      images: [
        ['whole', 'data:image/png;base64,AAAA'],
        ['B', 'data:image/png;base64,BBBB'],
      ],
      sounds: ['what is heard', 'A'],
    })
    expect(place.querySelector('.pictures img').alt).toBe('whole')
    expect(place.querySelectorAll('li')[1].querySelector('img').src).toContain('BBBB')
    expect(place.querySelectorAll('li')[0].querySelector('audio').getAttribute('src')).toBe('/class/K7MXQP/sound/3/1')
    expect([...place.querySelectorAll('audio')].every(one => one.preload === 'none')).toBe(true)
  })

  test('an order is tapped, and the same backwards is the same answer', () => {
    const vote = vi.fn()
    const images = ['A', 'B', 'C'].map(name => [name, 'data:image/png;base64,AAAA'])
    const place = drawn({ sort: true, choices: ['A B C', 'B A C', 'A C B'], images }, vote)
    const tap = names => {
      for (const name of names) place.querySelector(`[data-name=${name}]`).click()
    }
    tap('CAB')
    expect(vote).toHaveBeenLastCalledWith(1)
    expect(texts(place, '.key')).toEqual(['2', '3', '1'])
    revealed(place, { ...PUT, sort: true }, { vote: 1, shown: false })
    tap('A') // begins again
    expect(texts(place, '.key')).toEqual(['1', '·', '·'])
    tap('CB')
    expect(vote).toHaveBeenLastCalledWith(2)
  })

  test('an order that was tapped before a reload stands there again', () => {
    const images = ['A', 'B', 'C'].map(name => [name, 'data:image/png;base64,AAAA'])
    const put = { ...PUT, sort: true, choices: ['A B C', 'B A C'], images, credit: 'Big Buck Bunny, CC BY 3.0' }
    const place = drawn(put)
    revealed(place, put, { vote: 1, shown: false })
    expect(texts(place, '.key')).toEqual(['2', '1', '3'])
    expect(texts(place, 'details p')).toEqual([put.credit])
  })

  test('who was right is marked once the answer is shown, and nobody votes any more', () => {
    const place = drawn()
    revealed(place, PUT, { vote: 0, shown: false })
    expect(place.querySelectorAll('.right, .tag')).toHaveLength(0)
    revealed(place, PUT, { vote: 0, shown: true, truth: 1, model: 0 })
    revealed(place, PUT, { vote: 0, shown: true, truth: 1, model: 0 }) // told twice, marked once
    expect(texts(place, '.right .tag')).toEqual(['✓ the label'])
    expect(texts(place, '.model')).toEqual(['model'])
    expect([...place.querySelectorAll('button.choice')].every(button => button.disabled)).toBe(true)
  })
})

describe('votes on the projector', () => {
  test('of many answers only those that matter are shown', () => {
    const choices = [...'ABCDEFGHIJKL']
    const counts = [0, 3, 0, 1, 2, 0, 1, 4, 0, 0, 0, 1]
    expect(rows_of({ choices, counts, truth: 2, model: 7 })).toEqual([1, 2, 3, 4, 7])
    expect(rows_of({ choices: ['a', 'b'], counts: [0, 0], truth: 0, model: null })).toEqual([0, 1])
  })
})

describe('going on alone', () => {
  test('opens the same sample in the page, and a call takes it away', () => {
    for (const id of ['who', 'main', 'foot']) {
      document.body.append(Object.assign(document.createElement('div'), { id }))
    }
    const link = 'masked_words?view=lesson&scene=4'
    offer('/app/class', { free: true, link })
    document.getElementById('try').click()
    expect(document.getElementById('page').getAttribute('src')).toBe(`/app/${link}`)
    offer('/app/class', { free: false, link: '' })
    expect(document.getElementById('page')).toBeNull()
    expect(document.getElementById('try')).toBeNull()
  })
})

describe('a phone in a room', () => {
  const told = (more = {}) => ({
    state: 'in', code: 'K7MXQP', name: 'Otter 12', free: false, link: '', ask: '', lesson: '', question: 3, shown: false,
    vote: null, ...more,
  }) // prettier-ignore
  const said = () => document.getElementById('line').textContent
  const pressed = () => texts(document, '#main [aria-pressed=true]')
  const choose = i => document.querySelectorAll('#main button.choice')[i].click()
  /** Requests under way, by what is asked: each answers when the test says what. */
  let asked
  let stream

  async function answer(path, found, ok = true) {
    const at = asked.findIndex(one => one.path === path)
    const [{ reply }] = asked.splice(at, 1)
    reply({ ok, status: ok ? 200 : 429, json: async () => found })
    await vi.waitFor(() => expect(asked.some(one => one.reply === reply)).toBe(false))
    await new Promise(resolve => setTimeout(resolve))
  }
  const tell = async news => {
    stream.onmessage({ data: JSON.stringify(news) })
    await new Promise(resolve => setTimeout(resolve))
  }

  beforeEach(async () => {
    asked = []
    document.body.innerHTML = ['who', 'main', 'foot', 'line', 'spoken'].map(id => `<div id="${id}"></div>`).join('')
    window.history.replaceState(null, '', '/class/K7MXQP')
    const ask = (url, how = {}) =>
      new Promise(reply => asked.push({ path: url.split('/').slice(2).join('/'), body: how.body, reply }))
    vi.stubGlobal('fetch', ask)
    vi.stubGlobal(
      'EventSource',
      class {
        constructor() {
          stream = this
        }
        close() {}
      },
    )
    vi.resetModules()
    await import('../../sslviz/classroom/phone/phone.js')
    await answer('join', told())
  })
  afterEach(() => vi.unstubAllGlobals())

  test('is shown what was revealed while its question was still under way', async () => {
    await tell(told({ shown: true, truth: 1, model: 0 }))
    asked.reverse() // what was asked for last is answered first
    await answer('question/3', PUT)
    await answer('question/3', PUT)
    expect(texts(document, '#main .tag')).toEqual(['model', '✓ the label'])
    expect(said()).toBe('The label is: off.')
  })

  test('sends its last choice last, and keeps it in view meanwhile', async () => {
    await answer('question/3', PUT)
    choose(0)
    choose(1)
    expect(asked.map(one => one.body)).toEqual([JSON.stringify({ question: 3, choice: 0 })])
    await answer('vote', { counts: true })
    await tell(told({ vote: 0 })) // the server's word on the first of them
    expect(pressed()).toEqual(['Boff'])
    expect(said()).toBe('Sending …')
    expect(asked.map(one => one.body)).toEqual([JSON.stringify({ question: 3, choice: 1 })])
    await answer('vote', { counts: true })
    expect(pressed()).toEqual(['Boff'])
    expect(said()).toContain('Sent.')
  })

  test('goes back to the choice that counts where another is refused', async () => {
    await answer('question/3', PUT)
    choose(0)
    await answer('vote', { counts: true })
    choose(1)
    await answer('vote', { said: 'Too many votes in a minute.' }, false)
    expect(pressed()).toEqual(['Aon'])
    expect(said()).toBe('Too many votes in a minute.')
  })

  test('says nothing of an old vote over a new question', async () => {
    await answer('question/3', PUT)
    choose(0)
    await tell(told({ question: 4 }))
    await answer('question/4', { ...PUT, number: 4 })
    await answer('vote', { counts: true })
    expect(said()).toBe('')
    expect(pressed()).toEqual([])
  })
})
