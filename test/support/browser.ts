import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { describeUnless, findProgram } from './peers.ts';

/** Chromium: the one that `CHROMIUM` names, or the installed one; undefined when there is none. */
function findChromium(): string | undefined {
  const given = process.env['CHROMIUM'];
  if (given === undefined || given === '') return findProgram('chromium');
  return existsSync(given) ? given : undefined;
}

/** Why there is no browser to drive; undefined when there is one. */
export function whyNoBrowser(): string | undefined {
  if (findChromium() !== undefined) return undefined;
  const given = process.env['CHROMIUM'];
  return given ? `CHROMIUM names ${given}, which is not there` : 'chromium not installed';
}

/** A suite that drives a browser; without one it is skipped, or fails with `REQUIRE_PEERS=1`. */
export function describeWithBrowser(title: string, suite: () => void): void {
  describeUnless(whyNoBrowser(), title, suite);
}

/** Debian's Chromium, without a window and without a word to anybody but the page. */
export function launchBrowser(moreArgs: string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(whyNoBrowser());
  const args = [
    '--no-sandbox', // CI runs as root, where Chromium has none
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...moreArgs,
  ];
  return chromium.launch({ executablePath, args });
}
