import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

// One for all files: a project that is asked with another list is loaded again.
const extraFileExtensions = ['.svelte'];

export default tseslint.config(
  { ignores: ['dist', 'dist.next', 'gen', 'data', 'coverage', 'artifacts', 'node_modules'] },
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
      'no-console': 'error',
    },
  },
  {
    // The launcher, the command line and the build talk to a person on the terminal.
    files: ['services/launcher/**/*.ts', 'services/cli/**/*.ts', 'test/bench/**/*.ts', 'vite.config.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.svelte'],
    extends: [...svelte.configs.recommended, ...svelte.configs.prettier],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // The content security policy blocks style="...": `style:name={value}` goes through the CSSOM.
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
