import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { getSession } from '../support/stack-client.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../support/pseudo-terminal.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { addRotor } from '../support/whole-scan.ts';

// The compiled command in a terminal, with a complete stack.

const MAIN = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));
const GRID = ['--az', '0:90', '--el', '20:50', '--step', '10', '--reads', '20'];
const TOTAL = 40;
const CTRL_C = '\u0003';
const QUESTION = 'cancel the scan (c), leave it running (d), or keep watching (g)?';

let stack: TestStack;
let rotorId: number;
const terminals: PseudoTerminal[] = [];

beforeAll(async () => {
  stack = await startTestStack({ env: LARGE_BLOCKS });
  rotorId = await addRotor(stack);
});
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close();
  const { body } = await stack.api<{ id: number; status: string }[]>('GET', '/api/skyscan/sessions');
  for (const { id, status } of body)
    if (status !== 'completed' && status !== 'cancelled') {
      await stack.api('POST', `/api/skyscan/${id}/cancel`);
      await until('the end', async () => (await getSession(stack, id)).status === 'cancelled');
    }
});
afterAll(async () => {
  await stack.stop();
});

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  SKYSCAN_URL: stack.httpUrl,
  ...more,
});

function skyscan(args: string[], more: Record<string, string> = {}): PseudoTerminal {
  const terminal = openPseudoTerminal(process.execPath, [MAIN, ...args], { env: environment(more) });
  terminals.push(terminal);
  return terminal;
}

/** Starts a scan interactively and waits until its map grows. */
async function startByHand(
  more: Record<string, string> = {},
): Promise<{ terminal: PseudoTerminal; id: number }> {
  const terminal = skyscan(['scan', '--rotor', String(rotorId), ...GRID], more);
  await until('the question', () => shows(terminal, /^Start the scan\? \[Y\/n\]/));
  expect(terminal.screen()[0]).toMatch(/^40 points in 4 rows of at most 10, about \d+/);
  terminal.type('y');
  const title = await until('the map', () =>
    terminal.screen().find((line) => /^Scan \d+ on .*: running/.test(line)),
  );
  return { terminal, id: Number(/\d+/.exec(title)?.[0]) };
}

function shows(terminal: PseudoTerminal, pattern: RegExp): boolean {
  return terminal.screen().some((line) => pattern.test(line));
}
const session = (id: number) => getSession(stack, id);

test('shows a growing map with a progress bar, a rate and the remaining time; the map stays on the screen at the end', async () => {
  const { terminal, id } = await startByHand();
  await until('a few points', () => terminal.coloured() > 20);
  const early = terminal.coloured();
  await until('the bar, the rate and the time left', () =>
    shows(terminal, /[█░]+ {2}\d+\.\d % {2}\d+ of 40 points {2}\d+\.\d points\/(s|min) {2}\d+ .*left$/),
  );
  expect(shows(terminal, /^az \d+\.\d° el \d+\.\d° {2}-?\d+\.\d dB(m|FS)/)).toBe(true);
  expect(shows(terminal, /· not measured$/)).toBe(true);
  await until('a larger map', () => terminal.coloured() > early);
  expect(await terminal.exited).toBe(0);
  await until('the summary', () => shows(terminal, /^100\.0 % {2}40 of 40 points$/));
  expect(shows(terminal, new RegExp(`^Scan ${id} on .*: completed`))).toBe(true);
  // 10 columns and 4 rows, each cell several characters wide, and only measured cells.
  expect(terminal.coloured()).toBeGreaterThanOrEqual(TOTAL);
  expect((await session(id)).status).toBe('completed');
});

test('Ctrl-C asks what to do: continue, then leave the scan running', async () => {
  const { terminal, id } = await startByHand();
  terminal.type(CTRL_C);
  await until('the question', () => shows(terminal, /leave it running/));
  expect(terminal.screen().some((line) => line.includes(QUESTION))).toBe(true);
  terminal.type('g');
  await until('the end of the question', () => !shows(terminal, /leave it running/));
  expect((await session(id)).status).toBe('running');
  terminal.type(CTRL_C);
  await until('the question again', () => shows(terminal, /leave it running/));
  terminal.type('d');
  expect(await terminal.exited).toBe(4);
  await until('the final message', () => shows(terminal, new RegExp(`^Left: scan ${id} is still running`)));
  expect((await session(id)).status).toBe('running');
});

test('Ctrl-C asks what to do: cancel', async () => {
  const { terminal, id } = await startByHand();
  terminal.type(CTRL_C);
  await until('the question', () => shows(terminal, /cancel the scan \(c\)/));
  terminal.type('c');
  expect(await terminal.exited).toBe(130);
  await until('the final message', () =>
    shows(terminal, new RegExp(`^Cancelled: scan ${id}; measured points are kept`)),
  );
  expect((await session(id)).status).toBe('cancelled');
});

test('Ctrl-C twice exits at once and restores the terminal', async () => {
  const { terminal, id } = await startByHand();
  terminal.type(CTRL_C);
  await until('the question', () => shows(terminal, /leave it running/));
  terminal.type(CTRL_C);
  expect(await terminal.exited).toBe(4);
  expect((await session(id)).status).toBe('running');
  // The alternate screen is closed, the cursor is visible, lines wrap.
  for (const code of ['\u001b[?1049l', '\u001b[?25h', '\u001b[?7h']) expect(terminal.raw()).toContain(code);
});

test('the map fits the size of the terminal', async () => {
  const { terminal } = await startByHand();
  await until('a few points', () => terminal.coloured() > 4);
  const widest = () => Math.max(...terminal.screen().map((line) => line.length));
  for (const [columns, rows] of [
    [120, 40],
    [40, 12],
  ] as const) {
    terminal.resize(columns, rows);
    await until(`a picture of ${columns} x ${rows}`, () => {
      const lines = terminal.screen();
      const title = lines.findIndex((line) => /^Scan \d+ on/.test(line));
      return title === 0 && lines.at(rows - 1) !== undefined && widest() <= columns && widest() > columns / 2;
    });
    expect(terminal.screen().filter((line) => /^Scan \d+ on/.test(line))).toHaveLength(1);
  }
});

test('reports a lost connection, reconnects, and shows every point', async () => {
  const { terminal, id } = await startByHand();
  await until('a few points', () => terminal.coloured() > 4);
  await stack.kill('api-gateway');
  await until('the message about the loss', () => terminal.raw().includes('connection lost'));
  expect(await terminal.exited).toBe(0);
  await until('the summary', () => shows(terminal, /^100\.0 % {2}40 of 40 points$/));
  expect((await session(id)).status).toBe('completed');
  expect(terminal.screen().join('\n').split('·').length - 1).toBe(1);
});

test('draws the map with bar heights without colours', async () => {
  const { terminal } = await startByHand({ NO_COLOR: '1' });
  await until('a few points', () => shows(terminal, /[▁▂▃▄▅▆▇█]·/));
  expect(terminal.coloured()).toBe(0);
  terminal.type(CTRL_C);
  await until('the question', () => shows(terminal, /leave it running/));
  terminal.kill('SIGTERM');
  expect(await terminal.exited).toBe(4);
});

test('prints lines without escape codes to a pipe, and exits on SIGTERM', async () => {
  const args = ['scan', '--rotor', String(rotorId), ...GRID];
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until('some points', () => /^\d+\.\d % {2}[1-9]\d* of 40 points/m.test(output));
  child.kill('SIGTERM');
  expect(await exited).toBe(4);
  expect(output).toMatch(/^Left: scan \d+ is still running/m);
  expect(output).not.toContain('\u001b');
});
