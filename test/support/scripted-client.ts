import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import { createRotctldClient } from '../../services/rotor-driver/rotctld/client.ts';
import {
  createFakeRotator,
  hamlibScript,
  PATIENT_TIMINGS,
  type QUICK_TIMINGS,
  startScriptedRotctld,
  type FakeRotator,
  type Script,
  type ScriptedRotctld,
} from './rotctld-scripted.ts';

/** A fake rotator behind a scripted rotctld, and a client. */
export interface ScriptedClient {
  rotator: FakeRotator;
  /** Answers as Hamlib's rotctld does. */
  wellBehaved: Script;
  server: ScriptedRotctld;
  client: RotctldClient;
}

export async function startScriptedClient(timings = PATIENT_TIMINGS): Promise<ScriptedClient> {
  const rotator = createFakeRotator();
  const wellBehaved = hamlibScript(rotator);
  const server = await startScriptedRotctld(wellBehaved);
  return { rotator, wellBehaved, server, client: clientOf(server, timings) };
}

/** A client of this rotctld only. */
export function clientOf(
  { port }: Pick<ScriptedRotctld, 'port'>,
  timings: typeof QUICK_TIMINGS,
): RotctldClient {
  return createRotctldClient({ addresses: ['127.0.0.1'], port }, timings);
}
