import { createInterrupts, type Interrupts } from '../../services/cli/interrupts.ts';
import { run } from '../../services/cli/program.ts';

export interface SkyscanOptions {
  env?: Record<string, string>;
  isTTY?: boolean;
  interrupts?: Interrupts;
  /** Collects the output while the command runs. */
  output?: { out: string; err: string };
}

/** Runs a command in this process; returns its output and exit code. */
export async function runSkyscan(
  args: string[],
  { env = {}, isTTY = false, interrupts = createInterrupts(), output = { out: '', err: '' } }: SkyscanOptions,
): Promise<{ code: number; out: string; err: string }> {
  const stream = (to: 'out' | 'err') => ({
    isTTY,
    columns: 80,
    rows: 24,
    write: (text: string | Uint8Array) => (output[to] += Buffer.from(text).toString()),
  });
  const code = await run(args, { env, out: stream('out'), err: stream('err'), interrupts });
  return { code, out: output.out, err: output.err };
}
