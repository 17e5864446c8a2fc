// Typed lint rules for every room, plus what each room must not touch.
// Import directions between rooms are dependency-cruiser's job; this file bans globals and packages.
import tseslint from 'typescript-eslint';

const sizes = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 4],
};

const vague = {
  selector: 'TSEnumDeclaration',
  message: 'Use an `as const` object with a type of the same name: it spells what is on the wire.',
};

const wallClock = [
  { name: 'Date', message: 'Time enters as an Instant parameter; only simulator/driver knows a clock.' },
  { name: 'setTimeout', message: 'Ask the engine for a timer; nothing here may wait.' },
  { name: 'setInterval', message: 'Ask the engine for a timer; nothing here may wait.' },
  { name: 'process', message: 'Pass what you need as a parameter; this room has no process.' },
  { name: 'console', message: 'Return a fact or a problem; this room has no console.' },
];

const noRandom = {
  object: 'Math',
  property: 'random',
  message: 'Use a Prng passed by hand: the same seed must give the same bytes.',
};

export default tseslint.config(
  {
    ignores: ['dist/**', 'out/**', 'node_modules/**', 'test/fixtures/**', 'test/end-to-end/vscode/**/*.cjs'],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...sizes,
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      'no-restricted-syntax': ['error', vague],
      'no-restricted-properties': ['error', noRandom],
      eqeqeq: 'error',
    },
  },
  {
    files: [
      'simulator/{base,protocol,engine,world}/**/*.ts',
      'server/analysis/**/*.ts',
      'extension/webview/{store,layout,time-scale,hit-test,paint}.ts',
    ],
    rules: { 'no-restricted-globals': ['error', ...wallClock] },
  },
  {
    files: ['simulator/engine/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        vague,
        {
          selector: 'AwaitExpression',
          message: 'The engine decides synchronously: return an effect instead.',
        },
        { selector: "Identifier[name='Promise']", message: 'The engine has no promises: return an effect.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': [
        'error',
        vague,
        {
          selector: "CallExpression[callee.name='setTimeout']",
          message: 'Wait on a state, never on time.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    rules: { 'max-lines': sizes['max-lines'], eqeqeq: 'error' },
  },
);
