// Reviewing cards. The view holds the next few cards, so a grade shows the next one at once; every grade is kept in the
// browser under a key of its own until Python has said that it is written down, and is sent again until then.
const SENDS = 'sslviz-send:', QUIET = 'sslviz-keys-off'
const GRADES = ['Again', 'Hard', 'Good', 'Easy'], LETTERS = 'ABCDEFG'
const ASKED = {
  plain: 'Question', cloze: 'What belongs in the gap?', choice: 'Choose one', misconception: 'What is wrong with this?',
  picture: 'Which label? A task has just made it',
}
const SAID = { hidden: 'hidden word', dropped: ' (dropped)', centre: ' (the centre)' }  // what is only seen otherwise
const GUARD = 250, DOUBLE = 700           // ms after a button has changed in which a press, a double click, is not meant
const STALE = 600_000                     // ms after which the intervals on the buttons are asked for again
const DAY = 86_400_000                    // ms
const RETRY = [4000, 8000, 15000, 30000]  // ms until an unanswered grade is sent again
const memory = new Map()                  // where the browser keeps nothing

function new_key() {
  if (crypto.randomUUID) return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

// What has not been written down yet: one entry for each, so that two tabs never write the same one.
const unsent = {
  put(send) {
    memory.set(send.id, send)
    try { localStorage.setItem(SENDS + send.id, JSON.stringify(send)) } catch { /* memory has it */ }
  },
  drop(id) {
    memory.delete(id)
    try { localStorage.removeItem(SENDS + id) } catch { /* it was never there */ }
  },
  all(who) {                              // of this learner; what one who was forgotten left behind goes after a day
    const found = new Map(memory)
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(SENDS)) continue
        try {
          const send = JSON.parse(localStorage.getItem(name))
          if (send && typeof send.id === 'string') found.set(send.id, send)
        } catch { localStorage.removeItem(name) }
      }
    } catch { /* memory alone */ }
    if (!who) return []                   // nobody has said yet whose they are
    for (const send of found.values()) if (send.who !== who && !(Date.now() - send.at < DAY)) this.drop(send.id)
    return [...found.values()].filter(send => send.who === who).sort((a, b) => a.at - b.at || a.n - b.n)
  },
}

// Bold and code of Markdown; everything else is text.
function rich(parent, text) {
  text.split(/`([^`]+)`/).forEach((piece, i) => {
    if (i % 2) { parent.append(make('code', '', piece)); return }
    piece.split(/\*\*(.+?)\*\*/).forEach((part, j) => { if (part) parent.append(j % 2 ? make('b', '', part) : part) })
  })
  return parent
}

function question(card, open) {
  const line = make('p', 'question')
  for (const piece of card.front) {
    if (typeof piece === 'string') { rich(line, piece); continue }
    const gap = make('span', `gap${open ? ' open' : ''}`, open ? piece.text : piece.hint || '…')
    if (!open) gap.append(make('span', 'said-only', ' gap '))
    line.append(gap)
  }
  return line
}

function picture(shown) {
  const node = make('div', 'picture')
  if (shown.text) node.append(make('p', 'note', shown.text))
  for (const line of shown.lines) {
    const row = make('p', 'sample')
    for (const [text, kind] of line) {
      const word = make('span', kind, kind === 'hidden' ? '' : text)
      if (kind === 'hidden') word.append(make('span', '', '▨▨▨', { ariaHidden: 'true' }))
      if (SAID[kind]) word.append(make('span', 'said-only', SAID[kind]))
      row.append(word, ' ')
    }
    node.append(row)
  }
  if (shown.images.length) {
    const views = make('div', 'views')
    for (const [name, source] of shown.images) {
      const figure = make('figure')
      figure.append(make('img', '', '', { src: source, alt: name.length === 1 ? `View ${name}` : name, width: 72, height: 72 }), make('figcaption', '', name))
      views.append(figure)
    }
    node.append(views)
  }
  if (shown.credit) node.append(make('p', 'credit', shown.credit))
  return node
}

function options(part, card) {
  const list = make('div', `options${card.picture ? ' labels' : ''}`)
  list.setAttribute('role', 'group')
  list.setAttribute('aria-label', 'Answers to choose from')
  card.options.forEach((text, i) => {
    const open = part.revealed, right = i === card.right, mine = part.chosen === i
    const button = make('button', `option${open && right ? ' right' : ''}${open && mine && !right ? ' wrong' : ''}`, '', { type: 'button', disabled: open })
    const mark = open && right ? '✓' : open && mine ? '✕' : LETTERS[i]
    button.append(make('kbd', '', mark), rich(make('span'), text))
    if (open && right) button.append(make('span', 'said-only', mine ? ', your choice, right' : ', the right one'))
    else if (open && mine) button.append(make('span', 'said-only', ', your choice, wrong'))
    button.onclick = () => reveal(part, i)
    list.append(button)
  })
  return list
}

function answer(card) {
  const node = make('div', 'answer')
  card.back.forEach(([depth, text]) => {
    const line = rich(make('p'), text)
    line.style.marginLeft = `${1.2 * Math.min(depth, 4)}em`
    node.append(line)
  })
  return node
}

// Whether it was drawn: what is there already stays, or it would be read out once more.
function draw_card(part) {
  const { card, current, data } = part
  const shown = current ? { ...current, previews: 0, preview: 0 } : { waiting: data.waiting, end: data.end }
  const key = JSON.stringify([part.revealed, part.chosen, shown])
  if (key === part.card_key) return false
  part.card_key = key
  if (!current) {
    const over = make('div', 'over')
    if (data.waiting) over.append(make('p', 'question', data.waiting))
    else if (data.end) {
      over.append(make('h3', '', data.end.title))
      data.end.lines.forEach(line => over.append(make('p', '', line)))
    } else over.append(make('p', 'quiet', 'One moment …'))
    card.replaceChildren(over)
    return true
  }
  const top = make('div', 'about'), chip = make('a', 'task', current.task.name, { href: current.task.href })
  chip.title = current.task.title
  chip.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    part.tell({ kind: 'open', page: current.task.page })
  }
  top.append(chip, make('span', 'quiet', current.level), make('span', 'quiet', current.was), make('b', 'kind', ASKED[current.kind]))
  card.replaceChildren(top, question(current, part.revealed))
  if (current.picture) card.append(picture(current.picture))
  if (current.options.length) card.append(options(part, current))
  if (part.revealed) card.append(make('hr'), answer(current))
  if (current.source) card.append(make('p', 'source', `Source: ${current.source}`))
  return true
}

function draw_actions(part, held) {
  const { actions, current, data } = part
  const ready = !!(part.learner && current && !current.preview)
  // The button that shows the answer depends on nothing else: replaced in the middle of a click, it would lose the click.
  const turn = JSON.stringify([current?.id, part.since, part.revealed, part.revealed && ready])
  const key = JSON.stringify([turn, current ? part.revealed && current.previews : data.end?.ahead])
  if (key === part.actions_key) return
  const at = turn === part.turn ? [...actions.children].findIndex(button => focused(part, button)) : -1
  Object.assign(part, { turn, actions_key: key })
  actions.replaceChildren()
  if (!current) {
    if (data.end?.ahead) {
      const more = make('button', 'show', data.end.ahead, { type: 'button' })
      more.onclick = () => part.tell({ kind: 'ahead' })
      actions.append(more)
    }
  } else if (!part.revealed) {
    const show = make('button', 'show', '', { type: 'button' })
    show.append('Show the answer ', make('kbd', '', 'Space'))
    show.setAttribute('aria-keyshortcuts', 'Space')
    show.onclick = event => { if (!hasty(part, event)) reveal(part) }
    actions.append(show)
    if (held) show.focus({ preventScroll: true })
  } else {
    GRADES.forEach((name, i) => {
      const button = make('button', 'grade', '', { type: 'button', disabled: !ready })
      button.append(make('span', 'name', name), make('small', '', ready ? current.previews[i] : ''), make('kbd', '', `${i + 1}`))
      button.setAttribute('aria-label', `${name}${ready ? `, comes back in ${current.previews[i]}` : ''}`)
      button.setAttribute('aria-keyshortcuts', `${i + 1}`)
      button.onclick = event => { if (!hasty(part, event)) grade(part, i + 1) }
      actions.append(button)
    })
    if (held && ready) actions.children[at < 0 ? 2 : at].focus({ preventScroll: true })
  }
}

// What Python does not know yet, so that its numbers can be put right meanwhile.
function unseen(part) {
  const local = { done: 0, new: 0, learning: 0, due: 0 }
  const seen = new Set(part.data.seen), waiting = unsent.all(part.learner).filter(one => !seen.has(one.id))
  const add = (one, by) => { if (one.count in local) { local.done += by; local[one.count] += by } }
  const grades = new Map(waiting.filter(one => one.kind === 'grade').map(one => [one.key, one]))
  for (const one of waiting) if (one.kind === 'undo' && !grades.delete(one.key)) add(one, -1)
  for (const one of grades.values()) add(one, 1)
  return { ...local, cards: new Set([...grades.values()].map(one => one.card)) }
}

function draw_top(part) {
  const { data } = part, { counts } = data, local = unseen(part)
  const done = data.done + local.done, left = Math.max(0, data.left - local.done), all = done + left
  part.progress.max = Math.max(1, all)
  part.progress.value = done
  part.progress.setAttribute('aria-label', `${done} of ${all} reviews of today`)
  part.tally.replaceChildren(make('b', '', `${done}/${all}`), ' today')
  part.counts.replaceChildren(...['new', 'learning', 'due'].map(name => {
    const one = make('span'), number = Math.max(0, counts[name] - local[name])
    one.append(make('b', '', `${number}`), ` ${name}`)
    return one
  }))
  part.undo.disabled = !part.history.length
  part.keys.setAttribute('aria-pressed', `${part.listening}`)
  part.trouble.textContent = data.trouble ? `${data.trouble} You can go on: your grades wait in this browser and are sent again.` : ''
  part.trouble.hidden = !data.trouble
}

function draw(part) {
  const onto = focused(part, part.actions), from = focused(part, part.card), undone = focused(part, part.undo)
  draw_top(part)
  const fresh = draw_card(part)
  draw_actions(part, onto || (from && fresh) || (undone && part.undo.disabled))
  part.root.dataset.card = part.current?.id ?? ''
  part.root.dataset.unsent = unsent.all(part.learner).length
  part.root.dataset.ready = !!(part.learner && part.data.ready)
}

const focused = (part, place) => place.contains(part.root.getRootNode().activeElement)

// A click that was meant for the button which stood here a moment ago. A key that presses a button has detail 0.
function hasty(part, event) {
  const ago = performance.now() - part.turned
  return event.detail > 0 && (ago < GUARD || (event.detail > 1 && ago < DOUBLE))
}

function next(part) {
  const turned = part.current ? performance.now() : 0   // where no button stood, none has changed
  part.current = part.queue.shift() ?? null
  Object.assign(part, { revealed: false, chosen: null, since: Date.now(), turned })
}

function reveal(part, chosen = null) {
  if (!part.current || part.revealed) return
  Object.assign(part, { revealed: true, chosen, turned: performance.now() })
  draw(part)
  if (part.data.ready && Date.now() - part.fresh > STALE) part.tell({ kind: 'again' })
}

function grade(part, value) {
  const { current } = part
  if (!current || !part.revealed || current.preview || !part.learner) return
  const key = new_key(), now = Date.now()
  unsent.put({ id: key, who: part.learner, n: part.n++, at: now, kind: 'grade', key, card: current.id, grade: value, took: now - part.since, count: current.count })
  part.history.push({ card: current, key })
  next(part)
  draw(part)
  send(part)
}

function undo(part) {
  const last = part.history.pop()
  if (!last) return
  unsent.put({ id: `${last.key}-undo`, who: part.learner, n: part.n++, at: Date.now(), kind: 'undo', key: last.key, card: last.card.id, count: last.card.count })
  if (part.current) part.queue.unshift(part.current)
  part.queue = part.queue.filter(card => card.id !== last.card.id)
  Object.assign(part, { current: last.card, revealed: false, chosen: null, since: Date.now(), turned: performance.now() })
  draw(part)
  send(part)
}

function send(part) {
  if (!part.data.ready) return
  part.tell({ kind: 'sends' })
}

function again_later(part) {              // an answer may have been lost with the server that should have given it
  clearTimeout(part.timer)
  if (!unsent.all(part.learner).length && !part.data.waiting) { part.tries = 0; return }
  const wait = part.data.waiting ? 1500 : RETRY[Math.min(part.tries++, RETRY.length - 1)]
  part.timer = setTimeout(() => { if (part.root.isConnected && part.data.ready) part.tell({ kind: 'again' }) }, wait)
}

const OTHERS = 'input, textarea, select, button, a, summary, [contenteditable], [role=button], [role=radio], [role=tab], [role=option], [role=menuitem], [role=slider], [role=dialog]'

function pressed(part, event) {
  if (!part.root.isConnected) { window.removeEventListener('keydown', part.heard, true); return }
  const target = event.composedPath()[0], mine = event.composedPath().includes(part.root)
  const held = mine && target instanceof Element && target.closest('button, a')
  if (held && event.repeat && (event.key === 'Enter' || event.key === ' ')) {  // one press, however long, is one press
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  if (!part.listening || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (!mine && target instanceof Element && target.closest(OTHERS)) return
  if (document.querySelector('[role=dialog], [data-testid=stPopoverBody]')) return
  const key = event.key.toLowerCase()
  let did = true
  if (key === ' ' || key === 'spacebar') {
    if (held) return                      // the button that has the focus does what it says
    if (event.repeat) did = true          // a key held down grades no second card
    else if (!part.current) did = false
    else if (!part.revealed) reveal(part)
    else grade(part, 3)
  } else if ('1234'.includes(key) && part.revealed) { if (!event.repeat) grade(part, +key) }
  else if ((key === 'u' || key === 'z') && part.history.length) { if (!event.repeat) undo(part) }
  else if (!part.revealed && part.current && key.length === 1 && 'abcdefg'.indexOf(key) >= 0 && 'abcdefg'.indexOf(key) < part.current.options.length) reveal(part, 'abcdefg'.indexOf(key))
  else did = false
  if (did) { event.preventDefault(); event.stopImmediatePropagation() }
}

function build(root, set) {
  const part = {
    root, queue: [], current: null, revealed: false, chosen: null, since: Date.now(), history: [], n: 0, tries: 0,
    stale: false, listening: true, choice: null, learner: '', count: 0, turned: 0, fresh: 0,
    card_key: '', actions_key: '', turn: '',
  }
  try { part.listening = localStorage.getItem(QUIET) !== '1' } catch { /* as usual */ }
  part.tell = event => {
    const now = Date.now()
    const sends = unsent.all(part.learner).slice(0, 300).map(one => ({ ...one, ago: Math.max(0, now - one.at) }))
    set('event', { ...event, sends, nth: ++part.count })
    again_later(part)
  }
  const top = make('div', 'top')
  part.tally = make('span', 'tally')
  part.progress = make('progress')
  part.counts = make('span', 'counts')
  part.undo = make('button', 'plain', '', { type: 'button' })
  part.undo.append('↶ Undo ', make('kbd', '', 'U'))
  part.undo.setAttribute('aria-keyshortcuts', 'U')
  part.undo.onclick = () => undo(part)
  part.keys = make('button', 'plain keys', 'Keys', { type: 'button', title: 'Space shows the answer, then Good; 1 to 4 grade; A to G choose; U or Z undoes. Press to turn keys off or on.' })
  part.keys.onclick = () => {
    part.listening = !part.listening
    try { localStorage.setItem(QUIET, part.listening ? '0' : '1') } catch { /* for this visit */ }
    draw_top(part)
  }
  top.append(part.tally, part.progress, part.counts, part.undo, part.keys)
  part.trouble = make('p', 'trouble', '', { hidden: true })
  part.trouble.setAttribute('role', 'status')
  part.card = make('section', 'card')
  part.card.setAttribute('aria-live', 'polite')
  part.card.setAttribute('aria-label', 'Card')
  part.actions = make('div', 'actions')
  root.replaceChildren(top, part.trouble, part.card, part.actions)
  part.heard = event => pressed(part, event)
  window.addEventListener('keydown', part.heard, true)
  document.addEventListener('visibilitychange', part.back = () => {
    if (!root.isConnected) { document.removeEventListener('visibilitychange', part.back); return }
    if (document.visibilityState === 'visible' && part.data?.ready) { part.stale = true; part.tell({ kind: 'again' }) }
  })
  return part
}

export default function ({ data, parentElement, setTriggerValue }) {
  let part = parts.get(parentElement)
  if (!part) parts.set(parentElement, (part = build(parentElement.querySelector('.root'), setTriggerValue)))
  const said = JSON.stringify(data)
  part.fresh = Date.now()
  if (said === part.said) return
  const first = !part.data?.ready && data.ready
  if (part.learner && !data.ready) {                // another server, which has not heard yet who is learning
    Object.assign(part, { said, data: { ...part.data, ready: false } })
    return
  }
  Object.assign(part, { said, data })
  for (const id of data.acked) unsent.drop(id)
  const somebody = part.learner && part.learner !== data.learner
  part.learner = data.learner
  const waiting = unsent.all(part.learner), open = unseen(part).cards
  if (somebody) part.history = []
  if (somebody || part.choice !== data.choice || (part.stale && !part.revealed)) part.current = null
  Object.assign(part, { choice: data.choice, stale: false })
  const fresh = part.current && data.queue.find(card => card.id === part.current.id)
  if (fresh && !part.revealed) part.current = fresh
  else if (fresh) part.current = { ...part.current, previews: fresh.previews, preview: fresh.preview }
  part.queue = data.queue.filter(card => card.id !== part.current?.id && !open.has(card.id))
  if (!part.current) next(part)
  draw(part)
  if (first && waiting.length) send(part)           // from before a reload, or from a server that is no more
  else again_later(part)
}
