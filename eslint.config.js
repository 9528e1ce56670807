// What the views in JavaScript must keep to; the types are checked by `npm run types`.
import js from '@eslint/js'
import globals from 'globals'

const SINK = 'Text goes in as textContent or by append, so that nothing a visitor typed can become markup.'
const SILENT = 'A view talks to Python only, through send: it fetches nothing.'
const SINKS = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'srcdoc', 'createContextualFragment']
const MOUTHS = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker', 'importScripts']

export default [
  { ignores: ['node_modules', '.venv', 'sslviz/ui/live/bundle', 'assets', 'docs'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 24],
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 300 }],
      'max-params': ['error', 6],
      'no-alert': 'error',
      'no-console': 'error',
      'no-implicit-coercion': ['error', { allow: ['+'] }],
      'no-implied-eval': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-script-url': 'error',
      'no-shadow': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['sslviz/ui/**/*.js'],
    languageOptions: { globals: globals.browser },
    rules: {
      'no-restricted-globals': ['error', ...MOUTHS.map(name => ({ name, message: SILENT }))],
      'no-restricted-properties': [
        'error',
        ...SINKS.map(property => ({ property, message: SINK })),
        { object: 'document', property: 'write', message: SINK },
        { object: 'document', property: 'writeln', message: SINK },
        { object: 'navigator', property: 'sendBeacon', message: SILENT },
        ...MOUTHS.map(property => ({ object: 'window', property, message: SILENT })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'All of a view is in one bundle.' },
        { selector: 'ExportDefaultDeclaration > :not(CallExpression)', message: 'A view is what view({ … }) returns.' },
        { selector: 'Literal[value=/^https?:\\u002f\\u002f(?!www.w3.org)/]', message: SILENT },
        { selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value=/^on/]", message: SINK },
      ],
    },
  },
  {
    // The page of phones has no Streamlit to talk through: it asks its own server, and puts in text only, too.
    files: ['sslviz/classroom/phone/*.js'],
    languageOptions: { globals: globals.browser },
    rules: { 'no-restricted-properties': ['error', ...SINKS.map(property => ({ property, message: SINK }))] },
  },
  {
    // What is laid over a page until it is drawn: HTML that was taken from that page, with no word of a visitor in it.
    files: ['sslviz/ui/first_look/begin.js'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...SINKS.filter(property => property !== 'setHTMLUnsafe').map(property => ({ property, message: SINK })),
      ],
    },
  },
  { files: ['tests/browser/*.js'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.mjs', '*.config.js'], languageOptions: { globals: globals.node }, rules: { 'no-console': 'off' } },
  {
    files: ['tests/js/**'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: { 'max-lines': 'off' },
  },
]
