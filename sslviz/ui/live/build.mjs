// Bundles the views: one script and one style sheet each, which are committed, so that running the app needs no node.
//
//   node sslviz/ui/live/build.mjs          write them into sslviz/ui/live/bundle
//   node sslviz/ui/live/build.mjs --check  compare them with what is there
//
// A view is a script with a style sheet of the same name beside it. Streamlit sends script and style with every message of
// the view, so both are minified: half the bytes, twice a second while a model trains. The first line of each bundle
// names its sources and their hash, by which a test without node tells that it is stale.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const UI = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const BUNDLE = join(UI, 'live', 'bundle')

/** Files below a folder, as paths with slashes. */
const files = folder =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(path => path.replaceAll('\\', '/')) : []

/** Names of all views, as paths below sslviz/ui without an ending. */
const views = files(UI)
  .filter(path => path.endsWith('.js') && !path.startsWith('live/bundle/'))
  .map(path => path.replace(/\.js$/, ''))
  .filter(name => existsSync(join(UI, `${name}.css`)))
  .sort()

/** SHA-256 of sources and of what was made from them; tests/unit/test_views.py computes the same. */
function hash_of(sources, made) {
  const hash = createHash('sha256')
  for (const path of sources) hash.update(`${path}\n`).update(readFileSync(join(UI, path)))
  return hash.update(made).digest('hex')
}

async function bundle(name, ending) {
  const whole = ending === 'js' ? { minify: true } : { minifyWhitespace: true }
  const { metafile, outputFiles } = await build({
    absWorkingDir: UI,
    entryPoints: [`${name}.${ending}`],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: ending === 'js' ? 'es2022' : 'esnext',
    charset: 'utf8',
    legalComments: 'none',
    ...whole,
  })
  const sources = Object.keys(metafile.inputs).sort()
  const made = outputFiles[0].text
  return `/* Made by "make views". Sources: ${sources.join(' ')} sha256: ${hash_of(sources, made)} */\n${made}`
}

const wanted = new Map()
for (const name of views) {
  for (const ending of ['js', 'css']) wanted.set(`${name}.${ending}`, await bundle(name, ending))
}
const left_over = files(BUNDLE).filter(path => /\.(js|css)$/.test(path) && !wanted.has(path))
const stale = [...wanted].filter(([path, text]) => {
  const file = join(BUNDLE, path)
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
})

if (process.argv.includes('--check')) {
  const wrong = [...stale.map(([path]) => path), ...left_over]
  if (wrong.length) console.error(`Not what the sources give: ${wrong.join(', ')}. Run "make views".`)
  process.exitCode = wrong.length ? 1 : 0
} else {
  for (const path of left_over) rmSync(join(BUNDLE, path))
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(BUNDLE, path)), { recursive: true })
    writeFileSync(join(BUNDLE, path), text)
  }
  console.log(`${views.length} views, ${stale.length + left_over.length} files written or removed`)
}
