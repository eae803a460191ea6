import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/**
 * Where a real program is installed; undefined when it is not. `/usr/sbin` counts, whatever PATH
 * says.
 */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * A suite that drives real programs. When one is missing the suite is skipped and its title says
 * why; with `REQUIRE_PEERS=1` it fails instead.
 */
export function describeWithPrograms(programs: string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !findProgram(program));
  describeUnless(missing.length > 0 ? `${missing.join(', ')} not installed` : undefined, title, suite);
}

/** A suite that needs more than every machine has; `why` it cannot run here. Skipped as above. */
export function describeUnless(why: string | undefined, title: string, suite: () => void): void {
  if (why === undefined) {
    describe(title, suite);
    return;
  }
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
