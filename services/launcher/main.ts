import { launch } from './launch.ts';
import { createTerminal } from './terminal.ts';

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
// Whoever read our lines may be gone; that is no reason to leave a rotator moving.
process.stdout.on('error', () => undefined);

const terminal = createTerminal(process.stdout, () => performance.now());
process.exit(await launch(process.env, terminal, ending.signal));
