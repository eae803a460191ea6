#!/usr/bin/env node
import { run } from './program.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
// Whoever read our lines may be gone (`| head`).
process.stdout.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  interrupted: interrupted.signal,
});
