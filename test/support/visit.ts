import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Window sizes for the dashboard, CSS pixels. */
export const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;
export type SizeName = keyof typeof SIZES;
export type ThemeName = 'light' | 'dark';

/** A browser page of the dashboard and the faults that occurred on it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Opens a page of the dashboard, such as `sessions/3`, without reloading when one is open. */
  open(path: string): Promise<void>;
  /**
   * Things that must not happen: errors, requests to other hosts, violations of the security
   * policy, dialogs.
   */
  faults: string[];
  /** The seqs of the points received over a session's WebSockets, in order over all connections. */
  seqs(sessionId: number): readonly number[];
  close(): Promise<void>;
}

// Tests cut the network and read pixels back: these messages are not faults of the page.
const WEATHER = /^(Failed to load resource|WebSocket connection to|Canvas2D: Multiple readback)/;

const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('refused by ' + violatedDirective + ': ' + blockedURI))`;

/** `origin` of the gateway, such as `http://127.0.0.1:8080`. */
export async function startVisit(
  browser: Browser,
  origin: string,
  size: SizeName = 'desktop',
  theme: ThemeName = 'light',
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
  });
  await context.addInitScript({ content: REPORT_VIOLATIONS });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  const seqs = new Map<number, number[]>();
  page.on('pageerror', (error) => faults.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !WEATHER.test(message.text()))
      faults.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    if (!isSameOrigin(origin, request.url())) faults.push(`asked elsewhere: ${request.url()}`);
  });
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400 && !pathname.startsWith('/api/'))
      faults.push(`${pathname}: ${response.status()}`);
  });
  page.on('websocket', (socket) => {
    if (!isSameOrigin(origin.replace('http', 'ws'), socket.url()))
      faults.push(`connected elsewhere: ${socket.url()}`);
    const id = Number(/\/ws\/skyscan\/(\d+)/.exec(socket.url())?.[1]);
    if (Number.isNaN(id)) return;
    const known = seqs.get(id) ?? [];
    seqs.set(id, known);
    socket.on('framereceived', ({ payload }) => {
      const { point } = JSON.parse(payload.toString()) as { point: { seq: number } | null };
      if (point) known.push(point.seq);
    });
  });
  return {
    page,
    context,
    open: async (path) => {
      await page.goto(`${origin}/#/${path}`);
    },
    faults,
    seqs: (id) => seqs.get(id) ?? [],
    close: () => context.close(),
  };
}

/** Images that the page generates have no origin. */
function isSameOrigin(origin: string, url: string): boolean {
  return /^(blob|data):/.test(url) || url === origin || url.startsWith(`${origin}/`);
}
