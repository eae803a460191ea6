import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { describeUnless, findProgram } from './peers.ts';

/** Path of Chromium: `CHROMIUM`, or the installed one; undefined when there is none. */
function findChromium(): string | undefined {
  const given = process.env['CHROMIUM'];
  if (given === undefined || given === '') return findProgram('chromium');
  return existsSync(given) ? given : undefined;
}

/** Why no browser is available; undefined when one is. */
export function browserUnavailableReason(): string | undefined {
  if (findChromium() !== undefined) return undefined;
  const given = process.env['CHROMIUM'];
  return given ? `CHROMIUM names ${given}, which is not there` : 'chromium not installed';
}

/** A suite that needs a browser; skipped without one, or failed with `REQUIRE_PEERS=1`. */
export function describeWithBrowser(title: string, suite: () => void): void {
  describeUnless(browserUnavailableReason(), title, suite);
}

/** Headless Chromium without background network traffic. */
export function launchBrowser(moreArgs: string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(browserUnavailableReason());
  const args = [
    '--no-sandbox', // CI runs as root, where Chromium has no sandbox
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
