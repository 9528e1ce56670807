// Who is learning: a token that this browser keeps. It goes to Python over the page's own socket and nowhere else.
const KEPT = 'sslviz-learner', SENDS = 'sslviz-send:'
let held = null                          // where the browser keeps nothing, this visit remembers

function read() {
  try { return localStorage.getItem(KEPT) ?? held } catch { return held }
}

function keep(token) {
  held = token
  try {
    localStorage.setItem(KEPT, token)
    return localStorage.getItem(KEPT) === token
  } catch { return false }
}

function drop_unsent() {                 // what the forgotten learner had not sent yet
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(SENDS)) localStorage.removeItem(name)
  } catch { /* there is nothing */ }
}

function note(part) {
  const line = make('p', 'note', 'Your browser lets this page keep nothing, so progress lasts only for this visit. Under Progress you can save it as a file. ', { role: 'status' })
  const done = make('button', 'plain', 'I see', { type: 'button' })
  done.onclick = () => line.remove()
  line.append(done)
  part.root.replaceChildren(line)
}

function tell(set, token) {
  let zone = ''
  try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '' } catch { /* then days are those of UTC */ }
  set('event', { token, zone })
}

// Another tab has forgotten the learner, and this browser began anew: with the old token the learner would come back.
function heed(part, set) {
  const heard = event => {
    if (!part.root.isConnected) { window.removeEventListener('storage', heard); return }
    if (event.key !== KEPT || !event.newValue || event.newValue === held) return
    held = event.newValue
    tell(set, held)
  }
  window.addEventListener('storage', heard)
}

export default function ({ data, parentElement, setTriggerValue }) {
  let part = parts.get(parentElement)
  if (!part) {
    parts.set(parentElement, (part = { root: parentElement.querySelector('.root'), said: '', noted: false }))
    heed(part, setTriggerValue)
  }
  const said = JSON.stringify([data.session, data.known, data.offer, data.replace])
  if (said === part.said) return
  part.said = said
  if (data.known) {                      // it may have happened while this tab showed another page
    const now = read()
    if (held !== null && now !== held) { held = now; tell(setTriggerValue, now) }
    return
  }
  let token = data.replace ? null : read()          // another tab may have been first
  let lasts = true
  if (token === null && data.offer) {
    if (data.replace) drop_unsent()
    lasts = keep(data.offer)
    token = data.offer
  } else if (token !== null) lasts = keep(token)
  if (token !== null && !lasts && !part.noted) { part.noted = true; note(part) }
  tell(setTriggerValue, token)
}
