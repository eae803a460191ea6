import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * Prints `N passed, N failed` as the last line of every run, after a list of the skipped tests. A
 * file that cannot be loaded, a hook that throws and an error outside of tests each count as a
 * failure.
 */
export default class ClosingLine implements Reporter {
  private passed = 0;
  private failed = 0;
  private skipped: string[] = [];
  private ended = false;

  onInit(): void {
    // Other reporters and the teardown still print after `onTestRunEnd`.
    process.once('exit', () => this.close());
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.passed = 0;
    this.failed = errors.length;
    this.skipped = [];
    this.ended = true;
    for (const module of modules) this.count(module);
  }

  private count(module: TestModule): void {
    const file = relative(process.cwd(), module.moduleId);
    this.failed += module.errors().length;
    for (const suite of module.children.allSuites()) this.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') this.passed++;
      else if (state === 'failed') this.failed++;
      else {
        const name = `${file}: ${skippedPart(test)}`;
        if (!this.skipped.includes(name)) this.skipped.push(name);
      }
    }
  }

  private close(): void {
    const lines = [
      ...this.skipped.map((name) => `skipped: ${name}`),
      ...(this.ended ? [] : ['the run was interrupted']),
      `${this.passed} passed, ${this.failed + (this.ended ? 0 : 1)} failed`,
    ];
    writeSync(1, `${lines.join('\n')}\n`);
  }
}

/** The outermost suite that is skipped as a whole, or the test. */
function skippedPart(test: TestCase): string {
  let part: TestCase | TestSuite = test;
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent)
    if (suite.options.mode === 'skip') part = suite;
  return part.fullName;
}
