import { createInterrupts, type Interrupts } from '../../services/cli/interrupts.ts';
import { run } from '../../services/cli/program.ts';

export interface SkyscanOptions {
  env?: Record<string, string>;
  isTTY?: boolean;
  interrupts?: Interrupts;
  /** Sees what is written as it is written. */
  said?: { out: string; err: string };
}

/** Runs the command line in this process; what it has said, and its exit code. */
export async function runSkyscan(
  args: string[],
  { env = {}, isTTY = false, interrupts = createInterrupts(), said = { out: '', err: '' } }: SkyscanOptions,
): Promise<{ code: number; out: string; err: string }> {
  const stream = (to: 'out' | 'err') => ({
    isTTY,
    columns: 80,
    rows: 24,
    write: (text: string | Uint8Array) => (said[to] += Buffer.from(text).toString()),
  });
  const code = await run(args, { env, out: stream('out'), err: stream('err'), interrupts });
  return { code, out: said.out, err: said.err };
}
