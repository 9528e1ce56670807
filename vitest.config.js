// Tests of what the views compute and do; how they look is tested in a real browser, from Python.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['tests/js/**/*.test.js'],
    setupFiles: ['tests/js/setup.js'],
    restoreMocks: true,
  },
})
