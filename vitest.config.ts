import { defineConfig } from 'vitest/config';

const project = (
  name: string,
  include: readonly string[],
): { extends: true; test: { name: string; include: string[] } } => ({
  extends: true,
  test: { name, include: [...include] },
});

export default defineConfig({
  test: {
    globals: false,
    environment: 'node',
    pool: 'threads',
    // Generous: it ends what hangs, and says nothing of speed.
    testTimeout: 30_000,
    setupFiles: ['test/harness/fixed-seed.ts'],
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('simulation', ['test/simulation/**/*.test.ts']),
      {
        extends: true,
        // Processes, not threads: the SDK worker's native core does not bear being loaded in several threads.
        test: { name: 'protocol', include: ['test/protocol/**/*.test.ts'], pool: 'forks' },
      },
      project('tidy', ['test/tidy/**/*.test.ts']),
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/*.test.ts', 'test/interop/typescript.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          include: ['test/interop/languages.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
        },
      },
    ],
  },
});
