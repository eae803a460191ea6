import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const PASS_TIME_IN = 'Pure code: time is passed in as a number.';
const PASS_RANDOM_IN = 'Pure code: random numbers are passed in.';
const NO_TIMERS = 'Pure code: it decides, its caller waits.';
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'requestIdleCallback'];

// One for all files: a project that is asked with another list is loaded again.
const extraFileExtensions = ['.svelte'];

export default tseslint.config(
  {
    ignores: [
      'dist',
      'dist.next',
      'clients/typescript/dist',
      'gen',
      'data',
      'coverage',
      'artifacts',
      'node_modules',
    ],
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      eqeqeq: ['error', 'always'],
      // Comments only: Prettier wraps the code.
      'max-len': ['error', { code: 10_000, comments: 100, ignoreTrailingComments: true, ignoreUrls: true }],
      'no-console': 'error',
    },
  },
  {
    // The launcher, the command line and the build talk to a person on the terminal.
    files: ['services/launcher/**/*.ts', 'services/cli/**/*.ts', 'test/bench/**/*.ts', 'vite.config.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    name: 'sky-scan/pure-code',
    files: [
      'services/*/domain/**',
      'services/sky-map/**',
      'services/shared/sky/**',
      'services/shared/spectrum/**',
      'services/shared/base/**',
    ],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['performance', 'process'].map((name) => ({ name, message: PASS_TIME_IN })),
        ...TIMERS.map((name) => ({ name, message: NO_TIMERS })),
        { name: 'crypto', message: PASS_RANDOM_IN },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: PASS_TIME_IN },
        { object: 'AbortSignal', property: 'timeout', message: NO_TIMERS },
        { object: 'Math', property: 'random', message: PASS_RANDOM_IN },
        ...['performance', 'process', 'crypto', ...TIMERS].map((property) => ({
          object: 'globalThis',
          property,
          message: 'Pure code: no clock, no timer, no randomness.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: PASS_TIME_IN },
        { selector: 'CallExpression[callee.name="Date"]', message: PASS_TIME_IN },
      ],
      // Every module of Node, clocks, timers and randomness among them.
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'Pure code imports nothing of Node.' }] },
      ],
    },
  },
  {
    files: ['**/*.svelte'],
    extends: [...svelte.configs.recommended, ...svelte.configs.prettier],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // The content security policy blocks style="...": `style:name={value}` goes through the
      // CSSOM.
      'no-restricted-syntax': [
        'error',
        { selector: 'SvelteAttribute[key.name="style"]', message: 'Write style:name={value}' },
      ],
      // What one component gives another is `any` to ESLint; svelte-check knows the types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      'svelte/button-has-type': 'error',
      // The router is ours: addresses are hashes.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
);
