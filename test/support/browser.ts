import { chromium, type Browser } from 'playwright-core';
import { findProgram } from './peers.ts';

/** Debian's Chromium, without a window and without a word to anybody but the page. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium');
  if (!executablePath) throw new Error('chromium is not installed');
  const args = [
    '--no-sandbox', // CI runs as root, where Chromium has none
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args });
}
