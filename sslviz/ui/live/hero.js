// A pseudo-label in four steps: data, a part hidden, that part is the label, the model's answer. It plays once.
function step(kind, n, title, words, picture) {
  const node = make('div', `step ${kind}`), line = make('p')
  line.append(make('b', '', n), title)
  node.append(line, words, picture)
  return node
}

function sentence([before, hidden, after], gone) {
  const box = make('div', 'words'), line = make('span')
  line.append(`${before} `, gone ? make('span', 'hole') : make('u', '', hidden), after ? ` ${after}` : '')
  box.append(line)
  return box
}

function photo(url, gone) {
  const node = make('div', 'photo')
  node.style.backgroundImage = `url("${url}")`
  node.append(make('div', gone ? 'cut gone' : 'cut'))
  return node
}

function answer(data) {
  const said = make('div', 'said'), right = data.said?.toLowerCase() === data.sentence[1].toLowerCase()
  if (data.said === null) said.append('?')
  else said.append(make('b', '', right ? '✓ ' : '✕ '), make('span', right ? '' : 'wrong', data.said))
  const picture = make('div', 'said picture', data.picture_said ? '' : '?')
  if (data.picture_said) picture.style.backgroundImage = `url("${data.picture_said}")`
  return [said, picture]
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector('.root'), text = JSON.stringify(data)
  if (parts.get(parentElement) === text) return
  parts.set(parentElement, text)
  const piece = make('div', 'tag picture'), scene = make('div', 'scene'), label = make('span', 'label', 'That part is the label'), guess = make('span', 'guess', 'The model answers')
  piece.style.setProperty('--photo', `url("${data.photo}")`)
  scene.setAttribute('role', 'img')
  scene.setAttribute('aria-label', `Take data that nobody labelled: “${data.sentence.join(' ')}”, and a photo. Hide a part. That part, “${data.sentence[1]}”, is the label. ` +
    (data.said === null ? 'A model is asked for it.' : `The model answers “${data.said}”.`))
  scene.append(step('one', 1, 'Take data nobody labelled', sentence(data.sentence, false), photo(data.photo, false)),
    step('two', 2, 'Hide a part', sentence(data.sentence, true), photo(data.photo, true)),
    step('three', 3, label, make('div', 'tag', data.sentence[1]), piece),
    step('four', 4, guess, ...answer(data)))
  root.replaceChildren(scene)
}
