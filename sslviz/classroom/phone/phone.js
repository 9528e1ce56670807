// A phone in a room: it asks for a seat, listens to what changes, shows the question, and votes. The seat is a cookie that
// no script reads, so a reload, a lost connection and a phone that slept come back to it.
import { come_back, offer } from './alone.js'
import { new_ballot } from './ballot.js'
import { draw_question, revealed } from './question.js'
import { by, make, say } from './nodes.js'

/**
 * What a phone is told; see sslviz/classroom/room.py.
 * @typedef {object} Told
 * @property {'in' | 'out' | 'over'} state
 * @property {string} code
 * @property {string} name
 * @property {boolean} free
 * @property {string} link
 * @property {string} ask
 * @property {string} lesson
 * @property {number} question
 * @property {boolean} shown
 * @property {number | null} vote
 * @property {number} [truth]
 * @property {number | null} [model]
 * @property {number[]} [counts]
 */

const FRONT = document.body.dataset.front ?? ''
const CODE = /^[A-Z0-9]{6}$/.exec(location.pathname.split('/').pop() ?? '')?.[0] ?? ''
const ROOM = `${FRONT}/${CODE}`
const ASK_AGAIN = 3000 // ms, where a browser or a network lets no stream through

/** @type {EventSource | null} */
let stream = null
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later
let failures = 0
/** @type {Told | null} */
let told = null
/** @type {import('./question.js').Put | null} */
let put = null
let drawn = '' // what stands there: drawn anew only when it is something else, so that the focus stays

/**
 * @param {string} path
 * @param {object} [body]  then it is sent
 */
async function ask(path, body) {
  const how = body
    ? { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
    : {}
  const answer = await fetch(`${ROOM}/${path}`, { credentials: 'same-origin', ...how })
  const found = await answer.json()
  return { fine: answer.ok, status: answer.status, found }
}

// ---- coming in, and staying -------------------------------------------------------------------------------------

async function come_in() {
  clearTimeout(later)
  try {
    const { fine, found } = await ask('join', {})
    if (fine) {
      heard(found)
      listen()
    } else refuse(found.said)
  } catch {
    lost()
  }
}

/** @param {string} said */
function refuse(said) {
  stop()
  const door = document.getElementById('door')
  if (!door) {
    show_text('gone', 'Not in the room', said)
    return
  }
  by('who').replaceChildren()
  by('wrong').textContent = said
  const field = /** @type {HTMLInputElement} */ (by('code'))
  field.value = CODE
  field.focus()
}

function stop() {
  clearTimeout(later)
  stream?.close()
  stream = null
}

function listen() {
  stop()
  if (typeof EventSource === 'undefined' || failures > 3) {
    later = setTimeout(look, ASK_AGAIN)
    return
  }
  stream = new EventSource(`${ROOM}/events`)
  stream.onmessage = event => {
    failures = 0
    heard(JSON.parse(event.data))
  }
  stream.onerror = () => {
    failures += 1
    say('The connection is lost. It is being tried again …')
    if (stream?.readyState !== EventSource.CLOSED) return
    stop()
    later = setTimeout(come_in, 1000 * Math.min(8, failures))
  }
}

/** Ask what is so now, in place of a stream. */
async function look() {
  try {
    const { fine, status, found } = await ask('now')
    if (fine) heard(found)
    else if (status === 404) heard({ state: 'over' })
    if (fine || status >= 500 || status === 429) later = setTimeout(look, ASK_AGAIN)
  } catch {
    lost()
  }
}

function lost() {
  say('The connection is lost. It is being tried again …')
  later = setTimeout(come_in, 3000)
}

// ---- what is told -----------------------------------------------------------------------------------------------

/** @param {any} news */
function heard(news) {
  say('')
  if (news.state !== 'in') {
    stop()
    come_back()
    by('who').replaceChildren()
    if (news.state === 'over') show_text('over', 'The room is over', 'All that you chose has been deleted. Thank you.')
    else show_text('out', 'You were put out of this room', 'Please talk to your teacher.')
    return
  }
  told = { ...news, vote: ballot.stands(news) }
  if (!told) return
  head(told)
  offer(FRONT, told)
  if (told.question) question(told.question)
  else {
    put = null
    const words = told.ask || 'Look to the front. The next question comes here by itself.'
    show_text(`ask:${words}`, told.ask ? 'A question for all' : 'You are in', words)
  }
}

/** @param {Told} now */
function head(now) {
  const text = `Room ${now.code.slice(0, 3)} ${now.code.slice(3)} · you are “${now.name}”`
  const place = by('who')
  if (place.dataset.text === text) return
  place.dataset.text = text
  const button = make('button', 'link', 'Change', { type: 'button', onclick: () => rename(now) })
  button.setAttribute('aria-label', 'Change my name')
  place.replaceChildren(make('span', '', `${text} `), button)
}

/** @param {number} number */
async function question(number) {
  if (put?.number !== number) {
    try {
      const { fine, found } = await ask(`question/${number}`)
      if (!fine || told?.question !== number) return
      put = found
    } catch {
      lost()
      return
    }
  }
  stand()
}

/** Show the question as it is now, which may be more than was so when it was asked for. */
function stand() {
  if (!put || !told || told.question !== put.number) return
  const key = `question:${put.number}`
  if (drawn !== key) {
    drawn = key
    draw_question(by('main'), put, `${ROOM}/sound/${put.number}`, vote)
    announce(`New question: ${put.text}`)
  }
  revealed(by('main'), put, told)
  if (told.shown) say(verdict(put, told))
  else if (ballot.waits(put.number)) say('Sending …')
  else say(told.vote === null ? '' : 'Sent. You may change it until the answer is shown.')
}

/**
 * @param {import('./question.js').Put} asked
 * @param {Told} now
 */
function verdict(asked, now) {
  const right = asked.choices[now.truth ?? 0]
  if (now.vote === null) return `The label is: ${right}.`
  return now.vote === now.truth ? `Right: ${right}.` : `The label is: ${right}. You chose ${asked.choices[now.vote]}.`
}

/** @param {number} choice */
function vote(choice) {
  if (!told || !put || told.shown || told.question !== put.number) return
  ballot.cast(put.number, choice)
  told = { ...told, vote: choice }
  stand()
}

const ballot = new_ballot(
  body => ask('vote', body),
  (of, counts, wrong) => {
    if (told?.question !== of) return
    told = { ...told, vote: counts }
    stand()
    if (wrong && !told.shown) say(wrong)
  },
)

// ---- small things -----------------------------------------------------------------------------------------------

/**
 * @param {string} key
 * @param {string} title
 * @param {string} text
 */
function show_text(key, title, text) {
  if (drawn === key) return
  drawn = key
  by('main').replaceChildren(make('h1', '', title), make('p', 'text', text))
  announce(`${title}. ${text}`)
}

/** @param {string} text */
function announce(text) {
  by('spoken').textContent = text
}

/** @param {Told} now */
function rename(now) {
  const field = make('input', '', '', { value: now.name, maxLength: 20, autocomplete: 'off' })
  field.setAttribute('aria-label', 'My name in this room')
  const form = make('form', 'row')
  form.append(field, make('button', 'go', 'Keep'))
  form.onsubmit = async event => {
    event.preventDefault()
    try {
      const { fine, found } = await ask('name', { name: field.value })
      if (!fine) {
        say(found.said)
        return
      }
      if (told) told = { ...told, name: found.name }
      say('')
      if (told) head(told)
    } catch {
      say('It could not be sent. Please try again.')
    }
  }
  by('who').dataset.text = ''
  by('who').replaceChildren(form)
  field.select()
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && told) {
    failures = 0
    come_in()
  }
})
window.addEventListener('online', () => {
  if (told) come_in()
})

if (CODE) come_in()
