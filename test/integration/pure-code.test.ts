import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';

const CONFIG = new URL('../../eslint.config.js', import.meta.url).href;
const { default: blocks } = (await import(CONFIG)) as { default: Linter.Config[] };
const PURE = blocks.filter(({ name }) => name === 'sky-scan/pure-code');
const FILES = ['services/rotor-driver/domain/x.ts', 'services/sky-map/x.ts', 'services/shared/sky/x.ts'];

/** Violations of the rules for pure code in a file with this text. */
function problemsIn(code: string, file: string): string[] {
  const parser: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
  };
  const messages = new Linter().verify(code, [parser, ...PURE], file);
  return messages.map(({ ruleId, message }) => ruleId ?? message);
}

test.each([
  ['Date.now()', 'no-restricted-properties'],
  ['const { now } = Date', 'no-restricted-properties'],
  ['new Date()', 'no-restricted-syntax'],
  ['Date()', 'no-restricted-syntax'],
  ['performance.now()', 'no-restricted-globals'],
  ['globalThis.performance.now()', 'no-restricted-properties'],
  ['process.hrtime.bigint()', 'no-restricted-globals'],
  ['setTimeout(() => undefined, 1)', 'no-restricted-globals'],
  ['setInterval(() => undefined, 1)', 'no-restricted-globals'],
  ['setImmediate(() => undefined)', 'no-restricted-globals'],
  ['requestAnimationFrame(() => undefined)', 'no-restricted-globals'],
  ['AbortSignal.timeout(1)', 'no-restricted-properties'],
  ['Math.random()', 'no-restricted-properties'],
  ['crypto.randomUUID()', 'no-restricted-globals'],
  ["import { setTimeout } from 'node:timers/promises'", 'no-restricted-imports'],
  ["import { randomInt } from 'node:crypto'", 'no-restricted-imports'],
  ["import { performance } from 'node:perf_hooks'", 'no-restricted-imports'],
])('%s is refused in pure code', (code, rule) => {
  for (const file of FILES) expect(problemsIn(code, file)).toEqual([rule]);
});

test('times and random numbers as arguments are allowed in pure code', () => {
  const code = 'export const at = (unixMs: number, random: () => number) => new Date(unixMs + random());';
  for (const file of FILES) expect(problemsIn(code, file)).toEqual([]);
});

test('adapters and tests may use clocks', () => {
  for (const file of ['services/rotor-driver/grpc/x.ts', 'services/rotor-driver/domain/x.test.ts'])
    expect(problemsIn('Date.now()', file)).toEqual([]);
});
