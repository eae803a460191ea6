import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICES_WITH_NOTES = ['rotor-driver', 'sdr-sampler', 'scan-orchestrator', 'api-gateway', 'shared'];
const MIN_FRAGMENT_LENGTH = 4;

test('every note and flag of docs/notes.md occurs in a string of the code', () => {
  const texts = SERVICES_WITH_NOTES.flatMap(readSources).flatMap(textsIn).join('\n');
  const listed = notesIn(readFileSync(join(ROOT, 'docs/notes.md'), 'utf8'));
  expect(listed.length).toBeGreaterThan(60);
  const unknown = listed.filter((note) => !fragmentsOf(note).every((part) => texts.includes(part)));
  expect(unknown).toEqual([]);
});

test('a note that only a comment or a name mentions does not count', () => {
  const source = `
    /** Adds 'is gone'. */
    const is_lost = \`\${peer} is late: \${ms} ms\`; // and 'is away'
    const pattern = /No devices found/;
  `;
  expect(textsIn(source)).toEqual(['', ' is late: ', ' ms', '/No devices found/']);
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

function readSources(service: string): string[] {
  const folder = join(ROOT, 'services', service);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return sources.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The strings, the constant parts of templates and the regular expressions of a source. */
function textsIn(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      if (!ts.isNumericLiteral(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return texts;
}
