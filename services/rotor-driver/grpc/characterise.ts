import type { AxisCharacteristics, RotorCharacteristics } from '#proto/characteristics';
import type { CharacteriseResponse } from '#proto/rotor_driver';
import { createBroadcast } from '#shared/runtime/broadcast';
import { errorMessage } from '#shared/base/errors';
import { skyDirection } from '#shared/sky/mount';
import type { CharacterisationMessage } from '#contract/mqtt-messages';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { AxisFindings } from '../domain/characterise-axis.ts';
import { characterise, type Characteristics, type CharacteriseProgress } from '../motion/characterise.ts';
import type { Rotor } from '../motion/rotor.ts';
import { positionToMessage } from './messages.ts';

/** Publishes the progress of a characterisation; must not throw or wait. */
export type Announce = (rotorId: number, progress: CharacterisationMessage) => void;

// A slow reader loses the oldest progress messages.
const CAPACITY = 8;

/** A characterisation as a stream: progress, then the result. */
export async function* characteriseRotor(
  rotor: Rotor,
  config: RotorConfig,
  signal: AbortSignal,
  announce: Announce,
): AsyncGenerator<CharacteriseResponse> {
  const done = new AbortController();
  const broadcast = createBroadcast<CharacteriseProgress>(CAPACITY);
  const steps = broadcast.subscribe(done.signal);
  let last: CharacteriseProgress | undefined;
  const measured = characterise(rotor, config, signal, (progress) => {
    last = progress;
    broadcast.publish(progress);
    announce(config.id, progressMessage(progress, config));
  }).finally(() => done.abort());
  measured.catch((error: unknown) => {
    // The caller receives the error below; MQTT subscribers receive it here.
    if (last)
      announce(config.id, progressMessage({ ...last, step: `failed: ${errorMessage(error)}` }, config));
  });
  for await (const { fraction, step, position } of steps) {
    if (done.signal.aborted) break;
    const value = { fraction, step, position: positionToMessage(position, config) };
    yield { event: { $case: 'progress', value } };
  }
  yield { event: { $case: 'result', value: toMessage(await measured) } };
}

function progressMessage(
  { fraction, step, position }: CharacteriseProgress,
  config: RotorConfig,
): CharacterisationMessage {
  const { azimuthDeg, elevationDeg } = skyDirection(config, position.pointing);
  const timestamp = new Date(position.unixMs).toISOString();
  return { fraction, step, azimuth: azimuthDeg, elevation: elevationDeg, timestamp };
}

function toMessage({ azimuth, elevation, ...rest }: Characteristics): RotorCharacteristics {
  return { azimuth: axisToMessage(azimuth), elevation: axisToMessage(elevation), ...rest };
}

function axisToMessage(findings: AxisFindings | undefined): AxisCharacteristics | undefined {
  if (!findings) return undefined;
  const { remarks: _remarks, ...numbers } = findings;
  return numbers;
}
