// Families across, kinds of data downwards. A glyph shows what is done: hatched hidden, blue asked for, grey given.
function glyph(cells) {
  const node = make('span', 'glyph')
  node.setAttribute('aria-hidden', 'true')
  node.append(...[...cells].map(kind => make('i', { h: 'hidden', b: 'asked', o: 'given' }[kind] ?? '')))
  return node
}

function task(view, t, family) {
  const node = make(t.page ? 'a' : 'div', 'task'), words = make('span'), small = make('small', '', t.systems)
  small.dataset.family = family
  words.append(t.name, small)
  if (t.label) { const label = make('small', 'asks'); label.append('label: ', make('span', 'label', t.label)); words.append(label) }
  node.append(glyph(t.glyph), words)
  if (!t.page) { words.append(make('small', 'later', 'to come')); return node }
  node.href = t.page
  // The address is for a new tab; a plain click stays in the session and asks Streamlit to switch the page.
  node.onclick = e => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); view.send({ slug: t.slug }) } }
  return node
}

export default function ({ data, parentElement, setTriggerValue }) {
  let view = parts.get(parentElement)
  if (!view) parts.set(parentElement, view = { text: '' })
  view.send = value => setTriggerValue('event', value)
  const text = JSON.stringify(data)
  if (text === view.text) return
  view.text = text
  const map = make('div', 'map')
  map.style.setProperty('--n', data.families.length)
  map.append(make('span', 'corner'))
  for (const f of data.families) {
    const head = make('h3', 'family', f.name)
    head.append(make('small', '', f.idea))
    map.append(head)
  }
  for (const kind of data.kinds) {
    const row = make('div', 'row')
    row.append(make('h3', 'kind', kind))
    for (const f of data.families) {
      const tasks = f.tasks.filter(t => t.kind === kind), spot = make('div', tasks.length ? 'spot' : 'spot empty')
      spot.append(...tasks.map(t => task(view, t, f.name)))
      row.append(spot)
    }
    map.append(row)
  }
  const key = make('p', 'note key')
  for (const [kind, words] of [['hidden', 'hidden'], ['asked', 'asked for: the pseudo-label'], ['given', 'given']]) key.append(make('i', `cell ${kind}`), words + ' ')
  parentElement.querySelector('.root').replaceChildren(heading('Map of tasks', 'the same model on every page; only the pseudo-label differs'), map, key)
}
