import { counted } from '#shared/base/plurals';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';

// Descriptions of overdue steps, and what to check.

const CHECK_ROTCTLD = '(check rotctld, its controller and the line between them)';
const CHECK_RECEIVER = '(check the dongle and the connection to it)';

export function notReady(rotor: RotorConfig): string {
  return `the rotor is not ready: no position from ${rotctldOf(rotor)} yet ${CHECK_ROTCTLD}`;
}

export function noPosition(rotor: RotorConfig, setpoint: Pointing): string {
  return `no position from ${rotctldOf(rotor)} on the way to ${formatPointing(setpoint)} ${CHECK_ROTCTLD}`;
}

/** No position after the reads. */
export function noPositionAfterReads(rotor: RotorConfig): string {
  return `no position from ${rotctldOf(rotor)} after the reads ${CHECK_ROTCTLD}`;
}

/** Stop was sent, but the rotor is not confirmed to stand still. */
export function notStopped(rotor: RotorConfig): string {
  return `${rotctldOf(rotor)} has not confirmed that the rotor has stopped ${CHECK_ROTCTLD}`;
}

export function noReads(rotor: RotorConfig): string {
  return `${receiverOf(rotor)} delivers no reads ${CHECK_RECEIVER}`;
}

/** None of `count` reads has arrived. */
export function readsMissing(rotor: RotorConfig, count: number): string {
  const behindRotctld = rotor.rssiSource === 'rotctld';
  const where = behindRotctld ? rotctldOf(rotor) : receiverOf(rotor);
  const check = behindRotctld ? '(check the receiver behind rotctld)' : CHECK_RECEIVER;
  return `${where} has not delivered ${counted(count, 'read')} of ${rotor.receiver.readMs} ms ${check}`;
}

function rotctldOf({ host, port }: RotorConfig): string {
  return `rotctld at ${host}:${port}`;
}

function receiverOf({ receiver: { name } }: RotorConfig): string {
  return name === undefined ? 'the receiver' : `the receiver ${name}`;
}
