#!/usr/bin/env node
import { createInterrupts } from './interrupts.ts';
import { createKeyboard, createStream } from './terminal/process-terminal.ts';
import { run } from './program.ts';

const interrupts = createInterrupts();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => interrupts.fire(signal));

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  // Nothing to do once the reader of the output has gone.
  out: createStream(process.stdout, () => interrupts.fire('SIGTERM')),
  err: createStream(process.stderr),
  interrupts,
  keyboard: process.stdin.isTTY ? createKeyboard(process.stdin) : undefined,
});
