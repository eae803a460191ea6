import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/api.md',
  'docs/architecture.md',
  'docs/cli.md',
  'docs/configuration.md',
  'docs/mqtt.md',
  'docs/deploy.md',
  'docs/hardware.md',
  'docs/identification.md',
  'docs/bearings.md',
  'docs/notes.md',
  'docs/reliability.md',
  'docs/spectrum.md',
  'docs/glossary.md',
])('%s has no broken links', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? '');
  const files = targets.filter((target) => !target.startsWith('http'));
  expect(files.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
});
