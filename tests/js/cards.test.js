import { describe, expect, test, vi } from 'vitest'
import steps_view from '../../sslviz/ui/live/steps_view.js'
import clip from '../../sslviz/ui/tasks/frame_order/card.js'
import { covered_spans } from '../../sslviz/ui/live/sound/time.js'
import token from '../../sslviz/ui/tasks/masked_words/card.js'
import sentence from '../../sslviz/ui/tasks/next_sentence/card.js'
import replaced from '../../sslviz/ui/tasks/replaced_words/card.js'
import next_word, { cell_of } from '../../sslviz/ui/tasks/next_word/card.js'
import write, { share as written_share } from '../../sslviz/ui/tasks/next_word/write.js'
import { partner } from '../../sslviz/ui/tasks/same_or_different/frame.js'
import pairs from '../../sslviz/ui/tasks/same_or_different/card.js'
import { best as most_alike } from '../../sslviz/ui/tasks/same_or_different/matrix.js'
import context from '../../sslviz/ui/tasks/word_and_context/card.js'
import { best, number, share } from '../../sslviz/ui/tasks/word_and_context/scores.js'
import spans_card, { spans } from '../../sslviz/ui/tasks/span_corruption/card.js'
import { open, pack } from './page.js'

const EVIL = '<img src=x onerror=alert(1)>'

describe('replaced words', () => {
  const card = (more = {}) => ({
    id: 'one', words: ['[CLS]', 'Cats', 'sleep', '.', '[SEP]'], known: Array(5).fill(true), can: [false, true, true, true, false],
    hide: [false, true, false, false, false], heard: 0, reads: ['[CLS]', 'dogs', 'sleep', '.', '[SEP]'],
    chance: [null, 0.2, null, null, null], best: [null, [['dogs', 0.2]], null, null, null],
    target: [null, true, false, false, null], answer: [null, 0.3, 0.2, 0.1, null], count: '', formula: null, model: 'live',
    rows: 5, skip: 0, size: '', ...more,
  }) // prettier-ignore

  test('only the word that is suspected most is marked: right where it was replaced, however sure the model is', () => {
    const page = open(replaced, card())
    expect(page.texts('.answer')).toEqual(['✓30%', '20%', '10%'])
    page.send(card({ answer: [null, 0.1, 0.2, 0.6, null] }))
    expect(page.texts('.answer')).toEqual(['10%', '20%', '✕60%'])
    expect(page.texts('.most')).toEqual(['✕60%'])
  })

  test('where nothing was replaced no suspicion is marked', () => {
    const page = open(replaced, card({ target: [null, false, false, false, null] }))
    expect(page.texts('.answer')).toEqual(['30%', '20%', '10%'])
  })
})

describe('span corruption', () => {
  const card = (more = {}) => ({
    id: 'one', words: ['Cats', 'sleep', 'all', 'day', '.'], known: Array(5).fill(true), hide: [false, true, true, false, true],
    heard: 0, letters: 'XYZ', target: [['⟨X⟩', 0, 'sign'], ['sleep', 0, 'right']], answer: [['⟨X⟩', 0, 'sign'], ['eat', 0, 'wrong']],
    count: '', formula: null, model: 'live', rows: 5, skip: 0, size: '', ...more,
  }) // prettier-ignore

  test('hidden words that touch are one span, and one sign stands for it', () => {
    expect(spans([true, true, false, true, false, false, true])).toEqual([0, 0, -1, 1, -1, -1, 2])
    expect(open(spans_card, card()).texts('.reads')).toEqual(['cats', '⟨X⟩', '', 'day', '⟨Y⟩'])
  })

  test('a click cuts a word out at once, and what Python said before is marked as old', () => {
    const page = open(spans_card, card())
    page.all('button.raw')[3].click()
    expect(page.texts('.reads')).toEqual(['cats', '⟨X⟩', '', '', ''])
    expect(page.told[0].made).toEqual([false, true, true, true, true])
    expect(page.root.hasAttribute('data-waiting')).toBe(true)
    page.send(card({ heard: 1, hide: [false, true, true, true, true] }))
    expect(page.root.hasAttribute('data-waiting')).toBe(false)
  })

  test('a wrong word of the model is struck out', () => {
    expect(open(spans_card, card()).texts('.answer')).toEqual(['✕eat'])
    expect(open(spans_card, card({ rows: 3 })).texts('.answer')).toEqual([])
  })
})

describe('masked words', () => {
  const card = (more = {}) => ({
    id: 'one', words: ['[CLS]', 'Cats', 'sleep', '[SEP]'], known: [true, true, true, true], can: [false, true, true, false],
    how: ['', 'hide', '', ''], sees: ['[CLS]', '[MASK]', 'sleep', '[SEP]'], target: [null, 'cats', null, null],
    answers: [null, [['dogs', 0.6], ['cats', 0.3]], null, null], loss: [null, 1.2, null, null],
    swaps: ['', 'tree', 'house', ''], heard: 0, share: 'One of two.', formula: null, model: 'live', pending: false, ...more,
  }) // prettier-ignore
  const edits = page => page.texts('.sees')

  test('a click hides, swaps, keeps, and leaves a word alone again, at once', () => {
    const page = open(token, card())
    const seen = []
    for (let i = 0; i < 4; i++) {
      page.all('button.raw')[1].click()
      seen.push(edits(page)[2])
    }
    expect(seen).toEqual(['[MASK]', 'house', 'sleep', 'sleep'])
    expect(page.told.map(one => one.made[2])).toEqual(['hide', 'swap', 'keep', ''])
    expect(page.told[0].id).toBe('one')
  })

  test('the model is asked anew, and its old answer is not shown meanwhile', () => {
    const page = open(token, card())
    expect(page.texts('.answer')).toEqual(['✕dogs'])
    page.all('button.raw')[1].click()
    expect(page.texts('.answer')).toEqual(['…', '…'])
    page.send(card({ heard: 1, how: ['', 'hide', 'hide', ''], target: [null, 'cats', 'sleep', null], answers: [null, [['cats', 1]], [['sleep', 1]], null] })) // prettier-ignore
    expect(page.texts('.answer')).toEqual(['✓cats', '✓sleep'])
  })

  test('an answer that is older than the last change takes nothing of it back', () => {
    const page = open(token, card())
    page.all('button.raw')[1].click()
    page.all('button.raw')[0].click()
    page.send(card({ heard: 1, how: ['', 'hide', 'hide', ''], sees: ['[CLS]', '[MASK]', '[MASK]', '[SEP]'] }))
    expect(edits(page)).toEqual(['[CLS]', 'tree', '[MASK]', '[SEP]'])
    expect(page.texts('.answer')).toEqual(['…', '…'])
    expect(page.told.at(-1)).toEqual({ made: ['', 'swap', 'hide', ''], nth: 2, id: 'one' })
  })

  test('the edit goes with its sentence', () => {
    const page = open(token, card())
    page.all('button.raw')[0].click()
    page.send(card({ id: 'two' }))
    expect(edits(page)[1]).toBe('[MASK]')
    expect(page.texts('.answer')).toEqual(['✕dogs'])
  })

  test('the five best of the word in focus are listed, the label marked', () => {
    const page = open(token, card())
    expect(page.texts('.answers li .name')).toEqual(['dogs', 'cats ✓'])
    expect(page.find('.answers .note').textContent).toContain('−ln p = 1.20')
    page.all('button.raw')[1].focus()
    expect(page.find('.answers .note').textContent).toContain('“sleep” is not chosen')
  })

  test('words are text', () => {
    const page = open(token, card({ words: ['[CLS]', EVIL, EVIL, '[SEP]'], share: EVIL }))
    expect(page.find('img')).toBeNull()
    expect(page.texts('.raw span')[1]).toBe(EVIL)
  })
})

describe('next word', () => {
  const words = ['⟨begin⟩', 'cats', 'sleep', 'well', 'here']
  const card = (more = {}) => ({
    id: 'one', words, known: words.map(() => true), target: ['cats', 'sleep', 'well', 'here', '⟨end⟩'],
    answers: words.map(word => [[word, 0.5], ['cats', 0.25]]), loss: [1, 2, 3, 4, 5], perplexity: [['model', 9.94], ['guessing', 6403.2]],
    formula: null, model: 'live', ...more,
  }) // prettier-ignore

  test('a place may look at itself and at what is left of it', () => {
    const page = open(next_word, card())
    expect(page.texts('.did')).toEqual(['seen', 'seen', 'seen', '● asks', '▨ not seen'])
    expect(page.all('.ground .see')).toHaveLength(15)
    expect(page.find('.ground .asked').style.gridArea).toBe('4 / 5')
  })

  test('arrow keys walk from place to place, and stop at the ends', () => {
    const page = open(next_word, card())
    const raw = () => page.find('.selected .raw')
    page.key(raw(), 'ArrowRight')
    page.key(raw(), 'ArrowRight')
    expect(page.texts('.did').at(-1)).toBe('● asks')
    expect(page.find('.ground .asked')).toBeNull() // nothing follows in the last row
    for (let i = 0; i < 9; i++) page.key(raw(), 'ArrowLeft')
    expect([page.texts('.did')[0], document.activeElement]).toEqual(['● asks', raw()])
  })

  test('the mask has cells as large as there is room, and perplexities in round numbers', () => {
    expect([5, 8, 20, 60].map(n => cell_of({ words: Array(n) }))).toEqual([18, 18, 7, 5])
    expect(open(next_word, card()).find('.perplexity').textContent).toContain('model 9.9 · guessing 6,403')
  })
})

describe('write on', () => {
  const data = (more = {}) => ({
    begins: ['She'], known: [true], written: [['wants', 0.5, 0.75]], over: '', model: 'live',
    coming: { rows: [['to', 0.4, 1, false], ['a', 0.2, 0, true]], more: [0, 0, 0], cut: [6400, 0.4] }, ...more,
  }) // prettier-ignore

  test('marks the words that were only just written', () => {
    const page = open(write, data())
    expect(page.all('.fresh')).toHaveLength(0)
    page.send(data({ written: [...data().written, ['to', 0.4, 1]] }))
    expect(page.texts('.fresh b')).toEqual(['to'])
  })

  test('shows what was cut, and many words as one', () => {
    const page = open(write, data())
    expect(page.texts('.cut .name')).toEqual(['a', '6,400 more'])
    expect(page.texts('.sum .track')).toEqual(['cut off by top-k'])
    expect([0, 0.004, 0.5].map(written_share)).toEqual(['0%', '<1%', '50%'])
  })
})

describe('next sentence', () => {
  const side = (follows, more) => [follows, more]
  const card = (more = {}) => ({
    id: 'one', own: false, drawn: 0, labels: ['IsNext', 'NotNext'], a: 'A cat.', from: 'Tale', follows: 'It sleeps.',
    steps: [{ text: 'It follows.', b: '', from: '' }, { text: 'A stranger.', b: 'Rain.', from: 'Other' }],
    tokens: side([], []), answers: [[0.9, 0.1], [0.8, 0.2]], hidden: side([], []), others: side([], []), note: '', marks: false,
    formula: null, model: 'live', ...more,
  }) // prettier-ignore

  test('the coin turns the label over at once, and lies as it was drawn for another pair', () => {
    const page = open(sentence, card())
    const said = () => [page.find('.target').textContent, page.find('.chip.answer').textContent]
    expect(said()).toEqual(['IsNext', '✓IsNext90%'])
    page.find('.turn').click()
    expect(said()).toEqual(['NotNext', '✕IsNext80%'])
    page.send(card({ note: 'a tick' }))
    expect(said()[0]).toBe('NotNext')
    page.send(card({ id: 'two' }))
    expect(said()[0]).toBe('IsNext')
  })
})

describe('same or different', () => {
  const header = (more = {}) => ({
    id: 'one', names: ['cat', 'dog'], steps: [[], [], [], []], share: null, confusable: [[0, 1]], selected: 0, heard: 0, tau: 0.5, loss: 1,
    similar: [[1, 0.2, 0.9, 0.1], [0.2, 1, 0.3, 0.1], [0.9, 0.3, 1, 0], [0.1, 0.1, 0, 1]], loss_anchor: [1, 1, 1, 1],
    formula: null, note: '', model: 'live', n: 2, size: 1, stages: 0, ...more,
  }) // prettier-ignore
  const pixels = Uint8Array.from({ length: 18 }, (_, i) => i)

  test('the partner of a view is the other one of its picture, the best any other view', () => {
    expect([0, 1, 2, 3].map(i => partner({ n: 2 }, i))).toEqual([2, 3, 0, 1])
    expect([0, 1, 2, 3].map(i => most_alike(header().similar, i))).toEqual([2, 2, 0, 0])
  })

  test('a cell is read by arrow keys, and the matrix has no edge', () => {
    const page = open(pairs, pack(header(), pixels))
    const matrix = page.find('.matrix.similar')
    expect(matrix.getAttribute('aria-label')).toContain('right partner in 2 of 4 rows')
    page.key(matrix, 'ArrowUp') // from (0, 2) to (3, 2)
    expect(page.texts('.words')[0]).toBe('second view of dog and first view of cat: different. A person might call them the same; the label says different.'.replace('first view of cat', 'second view of cat')) // prettier-ignore
    expect(page.texts('.words')[1]).toBe('Cosine 0.00.')
    page.key(matrix, 'Enter')
    expect(page.told).toEqual([{ made: 3, nth: 1, id: 'one' }])
  })
})

describe('word and context', () => {
  const label = {
    place: 1,
    word: 'cats',
    noise: ['sea', 'run'],
    p: [0.1, 0.2],
    same: [false, false],
    beside: [false, false],
  }
  const scores = { right: 0.9, noise: [0.2, 0.3], best: 0, loss: 0.5 }
  const card = (more = {}) => ({
    id: 'one', words: ['the', 'cats', 'sleep'], how: ['', '', ''], keep: [0.1, 1, 1], share: [0.05, 0.001, 0.0001],
    steps: [{ place: 0, radius: 1, near: [[1, 1]], labels: [label] }, { place: 1, radius: 1, near: [], labels: [] }, { place: 2, radius: 2, near: [[1, -1]], labels: [label] }],
    answers: [[scores], [], [{ ...scores, best: 2 }]], centre: 0, cbow: false, note: '', left_out: '', formula: null, model: 'live', ...more,
  }) // prettier-ignore

  test('numbers are short, and never said to be nothing or all', () => {
    expect([0.001, 0.25, 0.998, 1].map(number)).toEqual(['<.01', '.25', '>.99', '1.00'])
    expect([0.0123, 0.0999, 0.5].map(share)).toEqual(['1.2%', '10%', '50%'])
  })

  test('the best is the label, a noise word, or nobody', () => {
    expect([0, 2, -1].map(which => best(label, { ...scores, best: which }))).toEqual([
      ['cats', true],
      ['run', false],
      ['all alike', false],
    ])
  })

  test('arrow keys make the next word the centre', () => {
    const page = open(context, card())
    expect(page.find('.pair h2').textContent).toContain('the → cats')
    page.all('button.raw')[0].focus()
    page.key(page.all('button.raw')[0], 'ArrowRight')
    expect(page.find('.pair h2').textContent).toContain('Scores')
    expect(document.activeElement).toBe(page.all('button.raw')[1])
    page.key(page.all('button.raw')[1], 'ArrowRight')
    expect(page.find('.pair .note').textContent).toContain('✕ “run” scores highest')
  })

  test('lists have a bar for each cosine, none below nothing', () => {
    const page = open(context, { lists: [{ title: 'Near', hint: '', rows: [['sea', -0.25]], empty: 'None' }, { title: 'Far', hint: '', rows: [], empty: 'None' }], model: 'live' }) // prettier-ignore
    expect([page.find('li').children[2].textContent, page.find('.bar').style.width]).toEqual(['−0.25', '1%'])
    expect(page.texts('.note')).toEqual(['None'])
  })
})

describe('frame order', () => {
  const frames = ['a', 'b', 'c'].map(name => ({ image: `data:,${name}`, name, title: name }))
  const card = (more = {}) => ({
    id: 'one', model: 'live', title: '', hint: '', steps: [], head: '', frames, order: [4, 7, 2], heard: 0, rows: [], act: true, submit: '',
    players: [{ title: 'As they lie', text: '', kind: '', frames: frames.map(one => one.image), follows: true }], play: 'Clip',
    play_hint: '', plays: '', bars: null, note: '', formula: null, narrow: false, ...more,
  }) // prettier-ignore
  const swap = (page, a, b) => [a, b].forEach(i => page.all('.frame')[i].click())

  test('frames change places at once, and so does the clip that follows them', () => {
    const page = open(clip, card())
    swap(page, 0, 2)
    expect(page.texts('.frame')).toEqual(['c', 'b', 'a'])
    expect(page.told).toEqual([{ made: [2, 7, 4], nth: 1, id: 'one' }])
    expect(page.find('.player img').src).toBe('data:,c')
  })

  test('an order that is to be handed in is told once, with all swaps in it', () => {
    const page = open(clip, card({ submit: 'This is my order', order: [0, 1, 2] }))
    swap(page, 0, 2)
    swap(page, 0, 1)
    page.find('.done').click()
    expect(page.told).toEqual([{ kind: 'done', order: [1, 2, 0], id: 'one' }])
  })

  test('no answer to an older order takes the last swap back', () => {
    const page = open(clip, card())
    swap(page, 0, 2)
    swap(page, 0, 1)
    const [a, b, c] = frames
    page.send(card({ heard: 1, frames: [c, b, a], order: [2, 7, 4] }))
    expect(page.texts('.frame')).toEqual(['b', 'c', 'a'])
    expect(page.root.getAttribute('aria-busy')).toBe('true')
    page.send(card({ heard: 2, frames: [b, c, a], order: [7, 2, 4] }))
    expect([page.texts('.frame').join(''), page.root.getAttribute('aria-busy')]).toEqual(['bca', 'false'])
  })

  test('a clip plays, stays at its last frame for a while, and stops where it began', () => {
    vi.useFakeTimers()
    const page = open(clip, card())
    const image = () => page.find('.player img').src
    page.find('.run').click()
    const seen = [image()]
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(420)
      seen.push(image().at(-1))
    }
    expect(seen.map(one => one.at(-1)).join('')).toBe('abccca')
    vi.advanceTimersByTime(420)
    page.find('.run').click()
    expect([image(), page.find('.run').textContent]).toEqual(['data:,a', '▶ Play'])
  })

  test('a clip does not play by itself for somebody who wants no motion', () => {
    const page = open(clip, card()).send(card({ plays: 'now' })) // the setup says: reduced motion
    expect(page.find('.run').textContent).toBe('▶ Play')
  })
})

describe('masked sound', () => {
  test('steps that are covered one after the other are one span', () => {
    const steps = [...'.xx..xxx'].map(one => ({ masked: one === 'x' }))
    expect(covered_spans(steps)).toEqual([
      [1, 3],
      [5, 8],
    ])
    expect(covered_spans([])).toEqual([])
  })
})

describe('slow motion', () => {
  const data = (more = {}) => ({
    phases: ['draw', 'change', 'loss'].map(name => ({ name, text: `about ${name}`, numbers: [['n', '1']] })), active: 1, playing: false, ...more,
  }) // prettier-ignore

  test('what is to come has no numbers yet', () => {
    const page = open(steps_view, data())
    expect(page.all('li').map(one => [one.className, one.querySelectorAll('dl').length])).toEqual([
      ['done', 1],
      ['active', 1],
      ['', 0],
    ])
    expect(page.find('.said-only').textContent).toBe('2, Change: about change')
  })

  test('arrow keys go from phase to phase, and not beyond', () => {
    const page = open(steps_view, data())
    const [first, , last] = page.all('button')
    page.key(first, 'ArrowRight')
    page.key(first, 'ArrowLeft')
    page.key(last, 'ArrowRight')
    expect(page.told).toEqual([{ kind: 'go', index: 1 }])
  })
})
