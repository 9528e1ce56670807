// The lesson: what the browser keeps, its keys, hands of a class, the rail, the notes, the way, and cards on a stage.
import { describe, expect, test, vi } from 'vitest'
import hands, { counts } from '../../sslviz/ui/frame/lesson/hands.js'
import keeper from '../../sslviz/ui/frame/lesson/keeper.js'
import { follow_lesson, keep, kept, tell_notes } from '../../sslviz/ui/frame/lesson/kept.js'
import { listen, press, taken } from '../../sslviz/ui/frame/lesson/keys.js'
import notes from '../../sslviz/ui/frame/lesson/notes.js'
import rail from '../../sslviz/ui/frame/lesson/rail.js'
import strip from '../../sslviz/ui/frame/lesson/strip.js'
import way from '../../sslviz/ui/frame/lesson/way.js'
import clip from '../../sslviz/ui/tasks/frame_order/card.js'
import sentences from '../../sslviz/ui/tasks/next_sentence/card.js'
import { open } from './page.js'

const KEPT = 'sslviz-lessons'
const key = (name, more = {}) => new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more })

/** A button in a container with the class that Streamlit gives it, and how often it was pressed. */
function button(name, { disabled = false } = {}) {
  const node = document.createElement('div')
  node.className = `st-key-${name}`
  node.innerHTML = `<button ${disabled ? 'disabled' : ''}></button>`
  document.body.append(node)
  const pressed = vi.fn()
  node.firstChild.onclick = pressed
  return pressed
}

describe('what the browser keeps', () => {
  test('scenes that are done are added up, each once and in order', () => {
    keep('queue', [2, 0])
    keep('queue', [1, 2])
    keep('next_word', [5])
    expect(kept('queue')).toEqual([0, 1, 2])
    expect(JSON.parse(localStorage.getItem(KEPT))).toEqual({ queue: [0, 1, 2], next_word: [5] })
  })

  test.each(['', 'no JSON', '[]', '7', '{"queue": 3}', '{"queue": ["1", -1, 0.5, null]}'])(
    'rubbish is nothing: %s',
    text => {
      localStorage.setItem(KEPT, text)
      expect(kept('queue')).toEqual([])
      keep('queue', [1])
      expect(kept('queue')).toEqual([1])
    },
  )

  test('a browser that keeps nothing is no error', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('no')
    })
    expect(() => keep('queue', [1])).not.toThrow()
    expect(() => tell_notes('queue', 1)).not.toThrow()
  })

  test('the notes hear of their own lesson, until they end', () => {
    const heard = vi.fn()
    const stop = follow_lesson('queue', heard)
    const say = newValue => window.dispatchEvent(new StorageEvent('storage', { key: 'sslviz-scene', newValue }))
    say('queue:3')
    say('next_word:4')
    say(null)
    expect(heard.mock.calls).toEqual([[3]])
    stop()
    say('queue:5')
    expect(heard).toHaveBeenCalledTimes(1)
  })
})

describe('the file of progress', () => {
  test('everything is forgotten where Python says so, and Python hears of it', () => {
    keep('queue', [0, 1])
    const page = open(keeper, { lessons: [], forget: true })
    expect(page.told).toEqual([{ kind: 'forgot' }])
    expect(kept('queue')).toEqual([])
    page.send({ lessons: [{ slug: 'queue', done: [2] }], forget: false })
    expect(kept('queue')).toEqual([2])
  })

  test('what only the browser knows is told, once; what Python knows is kept', () => {
    keep('queue', [0, 1])
    keep('next_word', [2])
    const page = open(keeper, { lessons: [{ slug: 'next_word', done: [2, 3] }] })
    expect(page.told).toEqual([{ kind: 'kept', lessons: [{ slug: 'queue', done: [0, 1] }] }])
    expect(kept('next_word')).toEqual([2, 3])
    page.send({ lessons: [{ slug: 'next_word', done: [2, 3] }] }) // Python does not take it
    expect(page.told).toHaveLength(1)
    page.send({ lessons: [{ slug: 'queue', done: [0, 1, 4] }] }) // brought in from a file
    expect(kept('queue')).toEqual([0, 1, 4])
  })
})

describe('keys', () => {
  test('a key presses the button that says the same; at the end Next is the next lesson', () => {
    const [next, end] = [button('scene_next'), button('scene_end')]
    press(key('ArrowRight'))
    press(key('PageDown'))
    expect([next.mock.calls.length, end.mock.calls.length]).toEqual([2, 0])
    document.querySelector('.st-key-scene_next').remove()
    press(key('ArrowRight'))
    expect(end).toHaveBeenCalledTimes(1)
  })

  test('after a click on a word the arrows lead through the lesson; who came by keyboard goes from word to word', () => {
    listen()
    const next = button('scene_next')
    document.body.lastChild.insertAdjacentHTML('beforeend', '<p class="st-key-lesson"><button id="word"></button></p>')
    const word = document.getElementById('word')
    const to_next_word = vi.fn(event => event.preventDefault())
    word.addEventListener('keydown', to_next_word)
    word.dispatchEvent(new Event('pointerdown', { bubbles: true }))
    word.dispatchEvent(key('ArrowRight'))
    expect([next.mock.calls.length, to_next_word.mock.calls.length]).toEqual([1, 0])
    word.dispatchEvent(key('ArrowDown'))
    word.dispatchEvent(key('Tab'))
    word.dispatchEvent(key('ArrowRight'))
    expect([next.mock.calls.length, to_next_word.mock.calls.length]).toEqual([1, 3])
  })

  test('a disabled button is not pressed, and N takes another label before another sample', () => {
    const [back, label, sample] = [
      button('scene_back', { disabled: true }),
      button('scene_again'),
      button('scene_another'),
    ]
    press(key('ArrowLeft'))
    press(key('N'))
    expect([back, label, sample].map(one => one.mock.calls.length)).toEqual([0, 1, 0])
  })

  test.each([
    ['input', '<input type="text">', 'l', true],
    ['slider', '<div role="slider" tabindex="0"></div>', 'ArrowRight', true],
    ['radio', '<input type="radio">', 'l', false],
    ['arrow among choices', '<div role="radiogroup"><button></button></div>', 'ArrowRight', true],
    ['letter among choices', '<div role="radiogroup"><button></button></div>', 'n', false],
  ])('a key belongs to what has the focus: %s', (_, html, name, whose) => {
    document.body.innerHTML = html
    const node = document.querySelector('input, [role=slider], button')
    let found
    node.addEventListener('keydown', event => (found = taken(event)))
    node.dispatchEvent(key(name))
    expect(found).toBe(whose)
  })

  test('with Ctrl a key is the browser’s', () => {
    const lab = button('to_lab')
    press(key('l', { ctrlKey: true }))
    expect(lab).not.toHaveBeenCalled()
  })

  test('B blanks a projector, any key shows it again, and in a lesson B does nothing', () => {
    listen()
    press(key('b'))
    expect(document.getElementById('sslviz-blank')).toBeNull()
    button('present')
    const next = button('scene_next')
    press(key('b'))
    expect(document.getElementById('sslviz-blank')).not.toBeNull()
    press(key('b'))
    expect(document.getElementById('sslviz-blank')).toBeNull()
    press(key('b'))
    press(key('ArrowRight'))
    expect(document.getElementById('sslviz-blank')).toBeNull()
    const [away, back] = [button('scene_blank'), button('scene_unblank')]
    press(key('b'))
    expect([away.mock.calls.length, back.mock.calls.length]).toEqual([1, 0])
    press(key('b'))
    expect([away.mock.calls.length, back.mock.calls.length]).toEqual([1, 1])
    expect(next).toHaveBeenCalledTimes(1)
  })
})

describe('hands of a class', () => {
  const data = {
    id: 'q-0', text: 'Which?', choices: ['on', 'in', 'at', 'by'], hands: [0, 0, 0, 0], shown: false, truth: null,
    model: null, sums: '',
  } // prettier-ignore

  test.each([
    [{ key: '1', code: 'Digit1' }, [0, 1]],
    [{ key: '!', code: 'Digit1', shiftKey: true }, [0, -1]],
    [{ key: '&', code: 'Digit1' }, [0, 1]], // a French keyboard
    [{ key: 'c', code: 'KeyC' }, [2, 1]],
    [{ key: 'b', code: 'KeyB' }, null], // it blanks the screen
    [{ key: '5', code: 'Digit5' }, null],
    [{ key: 'ArrowRight', code: 'ArrowRight' }, null],
  ])('which choice a key counts for: %o', (made, found) => {
    expect(counts(new KeyboardEvent('keydown', made), 4)).toEqual(found)
  })

  test('keys and clicks count, never below none, and a new question begins anew', () => {
    const page = open(hands, data)
    document.dispatchEvent(key('3', { code: 'Digit3' }))
    page.all('.choice')[2].click()
    document.dispatchEvent(key('1', { code: 'Digit1', shiftKey: true }))
    expect(page.told.at(-1)).toEqual({ id: 'q-0', hands: [0, 0, 2, 0] })
    expect(page.texts('.choice b')).toEqual(['0', '0', '2', '0'])
    page.send({ ...data, hands: [9, 9, 9, 9] }) // an older answer of the server changes nothing
    expect(page.texts('.choice b')).toEqual(['0', '0', '2', '0'])
    page.send({ ...data, id: 'q-1' })
    expect(page.texts('.choice b')).toEqual(['0', '0', '0', '0'])
    page.close()
    document.dispatchEvent(key('1', { code: 'Digit1' }))
    expect(page.texts('.choice b')).toEqual(['0', '0', '0', '0'])
  })

  test('the answer and the model’s are marked when they are shown', () => {
    const page = open(hands, { ...data, shown: true, truth: 'in', model: 'on', sums: 'After 1 question' })
    expect(page.texts('.right .name')).toEqual(['in ✓'])
    expect(page.texts('.model')).toEqual(['model ✕'])
    expect(page.texts('.sums')).toEqual(['After 1 question'])
  })
})

describe('the rail', () => {
  const data = { slug: 'queue', names: ['One', 'Two', 'Three'], now: 1, done: [0], view: 'lesson' }

  test('it shows what is done and where one stands, and a click goes there', () => {
    const page = open(rail, data)
    expect(page.texts('li.done')).toEqual(['✓One'])
    expect(page.find('[aria-current=step]').textContent).toBe('2Two')
    page.all('button')[2].click()
    expect(page.told).toEqual([{ kind: 'go', scene: 2 }])
    expect(kept('queue')).toEqual([0])
  })

  test('what the browser has kept is told once a lesson, and no scene that does not exist', () => {
    keep('queue', [0, 2, 9])
    const page = open(rail, data)
    expect(page.told).toEqual([{ kind: 'kept', done: [0, 2] }])
    page.send({ ...data, done: [0, 2] })
    expect(page.told).toHaveLength(1)
  })

  test('on a projector there are only the keys', () => {
    expect(open(rail, { ...data, view: 'present' }).all('nav')).toEqual([])
  })
})

test('the notes mark the scene that the class sees', () => {
  const one = { name: 'A', says: 'Says', do: 'Do it', ask: 'Why?', expect: 'So', beware: '' }
  const page = open(notes, { slug: 'queue', title: 'MoCo', now: 0, notes: [one, { ...one, name: 'B' }] })
  expect(page.texts('section.now h2')).toEqual(['1  A'])
  window.dispatchEvent(new StorageEvent('storage', { key: 'sslviz-scene', newValue: 'queue:1' }))
  expect(page.texts('section.now h2')).toEqual(['2  B'])
  expect(page.texts('section.now b')).toEqual(['Do: ', 'Ask: ', 'Expect: '])
})

test('the answers over time: right, wrong and neither; a bar only where a share is known', () => {
  const said = (right, share) => ({ step: 1000, text: 'on', right, share })
  const page = open(strip, {
    about: 'About',
    size: 'large',
    answers: [said(true, 0.5), said(false, 2), said(null, null)],
  })
  expect(page.texts('.chip')).toEqual(['✓ on', '✕ on', 'on'])
  expect(page.all('.wrong')).toHaveLength(1)
  expect(page.all('.track i').map(bar => bar.style.width)).toEqual(['50%', '100%'])
  expect(page.texts('.step')[0]).toBe('step 1,000')
})

describe('the way', () => {
  const stop = (slug, done = 0) => ({ slug, title: slug, goal: 'Goal.', minutes: 5, scenes: 3, done })
  const data = { stops: [stop('a', 3), stop('b'), stop('c')], more: [stop('queue')] }

  test('it goes on at the first lesson that is not done, by Python or by this browser', () => {
    keep('b', [0])
    const page = open(way, data)
    expect(page.find('.next .title').textContent).toBe('b')
    expect(page.find('.next .quiet').textContent).toBe('go on here')
    expect(page.texts('ol b')).toEqual(['✓', '2', '3'])
  })

  test('lessons beside it have no number; a click opens one, with Ctrl in another window', () => {
    const page = open(way, data)
    const link = page.find('ul a')
    expect(page.texts('ul b')).toEqual([''])
    link.onclick(new MouseEvent('click', { ctrlKey: true }))
    expect(page.told).toEqual([])
    link.click()
    expect(page.told).toEqual([{ slug: 'queue' }])
  })
})

describe('cards on a stage', () => {
  const pair = {
    id: 'p', own: false, drawn: 0, labels: ['IsNext', 'NotNext'], a: 'One.', from: 'Book', follows: 'Two.',
    steps: [{ text: 'It follows.', b: '', from: '' }, { text: 'A stranger.', b: 'Three.', from: 'Other' }],
    tokens: [], answers: [], hidden: [[], []], others: [], marks: false, formula: null, model: 'recorded',
    rows: 3, skip: 0, size: 'large',
  } // prettier-ignore

  test('a pair goes down as far as the scene does, and the coin turns its label', () => {
    const page = open(sentences, { ...pair, rows: 1 })
    expect(page.texts('.head')).toEqual(['From a tale'])
    page.send(pair)
    expect(page.texts('.target')).toEqual(['IsNext'])
    expect(page.all('.answer')).toEqual([])
    page.find('.turn').click()
    expect(page.texts('.target')).toEqual(['NotNext'])
    page.send({ ...pair, rows: 4, skip: 1, answers: [[0.7, 0.3], [0.4, 0.6]] }) // prettier-ignore
    expect(page.texts('.head')).toEqual(['The pair', 'Pseudo-label', 'Model’s answer'])
    expect(page.texts('.answer')).toEqual(['✓NotNext60%'])
    expect(page.texts('.stacked > :not(.under) q')).toEqual(['One.', 'Three.'])
  })

  test('a film without frames to sort can be played', () => {
    const film = { title: 'The film', text: '', kind: '', frames: ['data:,1', 'data:,2'] }
    const card = {
      id: 'c', model: '', title: '', hint: '', steps: [], head: '', frames: [], order: [1, 0], heard: 0, rows: [],
      act: false, submit: '', players: [film], play: '', play_hint: '', plays: '', bars: null, note: '', formula: null,
      narrow: true, size: 'large',
    } // prettier-ignore
    const page = open(clip, card)
    expect(page.all('.frame')).toEqual([])
    expect(page.all('img.film')).toHaveLength(1)
    expect(page.texts('h2')).toEqual([])
  })
})
