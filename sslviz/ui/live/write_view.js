// A text that the model writes, and the candidates for its coming word: before and after temperature and top-k.
const share = p => (p > 0 && p < .01 ? '<1 %' : `${Math.round(100 * p)} %`)

function text(data, fresh) {
  const line = make('p', 'text', '', { role: 'status' })
  line.append(make('span', 'mark', '⟨begin⟩'))
  data.begins.forEach((word, i) => line.append(' ', make('span', data.known[i] ? '' : 'unknown', word)))
  data.written.forEach(([word, before, after], i) => {
    const pill = make('span', `wrote${i >= fresh ? ' fresh' : ''}`), chip = make('b', '', word)
    pill.title = `the model gave it ${share(before)}; it was drawn with ${share(after)}`
    pill.append(chip, ' ', make('small', '', share(after)))
    line.append(' ', pill)
  })
  if (data.coming) line.append(' ', make('span', 'next', '?'))
  return line
}

function bar(kind, p, most) {
  const node = make('i', `bar ${kind}`)
  node.style.width = `${100 * p / most}%`
  return node
}

function row(name, before, after, cut, most) {
  const node = make('li', cut ? 'cut' : ''), track = make('span', 'track')
  track.append(bar('before', before, most))
  if (!cut) track.append(bar('after', after, most))
  node.append(make('span', 'name', name, { title: name }), track, make('span', 'quiet', share(before)), make('span', cut ? 'quiet' : 'guess', cut ? '✕ cut' : share(after)))
  return node
}

function list({ coming }) {
  const all = make('ol'), { rows, more, cut } = coming
  const most = Math.max(...rows.flatMap(([, before, after]) => [before, after]))
  const head = make('li', 'head')
  head.append(make('span', '', 'word'), make('span', ''), make('span', '', 'model’s p'), make('span', '', 'drawn with'))
  all.append(head, ...rows.map(([word, before, after, gone]) => row(word, before, after, gone, most)))
  const sum = (name, before, after, gone) => {      // many words together: numbers only, the bars are for single words
    const node = row(name, before, after, gone, most)
    node.classList.add('sum')
    node.querySelector('.track').replaceChildren(gone ? 'cut off by top-k' : 'stay in')
    all.append(node)
  }
  if (more[0]) sum(`${more[0].toLocaleString('en')} more`, more[1], more[2], false)
  if (cut[0]) sum(`${cut[0].toLocaleString('en')} ${rows.some(([, , , gone]) => gone) ? 'more' : 'others'}`, cut[1], 0, true)
  return all
}

function draw(part) {
  const { data, root } = part, node = make('div', 'write')
  node.append(text(data, part.count ?? data.written.length))
  if (data.written.length) node.append(make('p', 'note', 'Orange: written by the model, with the probability that each word was drawn with.'))
  if (data.begins.some((_, i) => !data.known[i])) node.append(make('p', 'note', 'Dotted: not in the vocabulary, so the model sees [UNK].'))
  if (data.over) node.append(make('p', 'over', data.over))
  if (data.coming) {
    node.append(heading('The coming word', 'outlined: as the model has it · filled: after temperature and top-k', data.model), list(data))
  }
  root.replaceChildren(node)
  part.count = data.written.length
}

export default function ({ data, parentElement }) {
  let part = parts.get(parentElement)
  if (!part) parts.set(parentElement, (part = { root: parentElement.querySelector('.root'), said: '' }))
  const said = JSON.stringify(data)
  if (said === part.said) return
  Object.assign(part, { said, data })
  draw(part)
}
