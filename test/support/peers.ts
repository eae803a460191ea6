import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** Path of an installed program; undefined when it is missing. Also searches `/usr/sbin`. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * A suite that needs real programs. When one is missing, the suite is skipped and its title gives
 * the reason; with `REQUIRE_PEERS=1` it fails instead.
 */
export function describeWithPrograms(programs: string[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !findProgram(program));
  describeUnless(missing.length > 0 ? `${missing.join(', ')} not installed` : undefined, title, suite);
}

/** A suite with special requirements; `reason`: why it cannot run here. Skipped as above. */
export function describeUnless(reason: string | undefined, title: string, suite: () => void): void {
  if (reason === undefined) {
    describe(title, suite);
    return;
  }
  if (process.env['REQUIRE_PEERS'] === '1')
    test(title, () => {
      throw new Error(`REQUIRE_PEERS=1, and ${reason}`);
    });
  else {
    // Most reporters do not show the titles of skipped suites.
    process.stderr.write(`skipped: ${title}: ${reason}\n`);
    describe.skipIf(true)(`${title} (skipped: ${reason})`, suite);
  }
}
