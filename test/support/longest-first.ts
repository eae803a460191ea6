import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of `npm run test:rest` that take a minute or more, the longest first. */
const LONGEST = [
  'browser/dashboard.test.ts',
  'faults/sigterm.test.ts',
  'browser/spectra.test.ts',
  'e2e/crashes.long.test.ts',
  'faults/stop.test.ts',
  'e2e/on-the-fly.long.test.ts',
  'faults/bounded-backlog.test.ts',
  'faults/full-disk.test.ts',
  'faults/rounds.test.ts',
  'faults/clock.test.ts',
  'e2e/readme.long.test.ts',
  'faults/frozen.test.ts',
  'faults/sigterm-launcher.test.ts',
  'faults/bounded-viewers.test.ts',
  'faults/uplink.test.ts',
  'faults/power-cut.test.ts',
].map((path) => `test/${path}`);

/**
 * Starts the longest files of a group first, whatever their project: short ones fill the gaps at
 * the end, and files that wait run beside files that compute. By itself, Vitest takes the projects
 * one after the other.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return place < 0 ? LONGEST.length : place;
    };
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => order(a) - order(b) || rank(a) - rank(b));
  }
}
