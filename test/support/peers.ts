import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** Where a real program is installed; undefined when it is not. `/usr/sbin` counts, whatever PATH says. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * A suite that drives real programs. When one is missing the suite is skipped and its title says why; with `REQUIRE_PEERS=1`
 * it fails instead.
 */
export function describeWithPrograms(programs: string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !findProgram(program));
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const why = `${missing.join(', ')} not installed`;
  if (process.env['REQUIRE_PEERS'] === '1')
    test(title, () => {
      throw new Error(`REQUIRE_PEERS=1, and ${why}`);
    });
  else {
    // Most reporters do not show the titles of what they skip.
    process.stderr.write(`skipped: ${title}: ${why}\n`);
    describe.skipIf(true)(`${title} (skipped: ${why})`, suite);
  }
}
