import { launch } from './launch.ts';
import { createTerminal } from './terminal.ts';

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
// The reader of our output may have gone; the launcher must still stop the rotator.
process.stdout.on('error', () => undefined);

const terminal = createTerminal(process.stdout, () => performance.now());
process.exit(await launch(process.env, terminal, ending.signal));
