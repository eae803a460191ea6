import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICES_WITH_NOTES = ['rotor-driver', 'sdr-sampler', 'scan-orchestrator', 'api-gateway', 'shared'];
const MIN_FRAGMENT_LENGTH = 4;

test('every note and flag of docs/notes.md occurs in the code', () => {
  const sources = SERVICES_WITH_NOTES.map(sourcesOf).join('\n');
  const listed = notesIn(readFileSync(join(ROOT, 'docs/notes.md'), 'utf8'));
  expect(listed.length).toBeGreaterThan(60);
  const unknown = listed.filter((note) => !fragmentsOf(note).every((w) => sources.includes(w)));
  expect(unknown).toEqual([]);
});

/** The first column of its tables. */
function notesIn(markdown: string): string[] {
  const cells = markdown.split('\n').map((line) => /^\| (.*?) +\|/.exec(line)?.[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, note]) => note as string));
}

/** The constant parts of a note. */
function fragmentsOf(note: string): string[] {
  const parts = note.split('...').map((part) => part.trim());
  return parts.filter((part) => part.length >= MIN_FRAGMENT_LENGTH);
}

function sourcesOf(service: string): string {
  const folder = join(ROOT, 'services', service);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}
