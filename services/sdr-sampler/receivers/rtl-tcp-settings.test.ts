import { beforeEach, describe, expect, test } from 'vitest';
import type { Tuning } from '../engine/receiver.ts';
import { RtlTcpSettings } from './rtl-tcp-settings.ts';
import { createSettling } from './settling.ts';

const TUNING: Tuning = { centerFrequencyHz: 1_420e6, gainDb: 29.7, correctionPpm: 0, biasTee: false };
const OTHER: Tuning = { ...TUNING, centerFrequencyHz: 1_421e6 };

/** The first byte of each command. */
const RATE = [2];
const FREQUENCY_TO_GAIN = [5, 1, 3, 4];
const EVERYTHING = [7, 9, 10, 2, 8, ...FREQUENCY_TO_GAIN];
const BIAS_TEE = [14];

let nowMs: number;
let sent: number[];

beforeEach(() => {
  nowMs = 0;
  sent = [];
});

function settingsOf(ownServer: boolean): RtlTcpSettings {
  const clock = { monotonicMs: () => nowMs, unixMs: () => nowMs };
  const send = (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += 5) sent.push(bytes[at] as number);
  };
  return new RtlTcpSettings({
    send,
    sampleRateHz: 2_048_000,
    ownServer,
    settling: createSettling(clock),
    clock,
  });
}

/** The commands that an action sends. */
function commandsOf(action: () => void): number[] {
  sent = [];
  action();
  return sent;
}

describe('the settings of a server that others may use', () => {
  test('are all sent when they are in doubt, and only once otherwise', () => {
    const settings = settingsOf(false);
    expect(settings.inDoubt).toBe(true);
    expect(commandsOf(() => settings.tune(TUNING, true))).toEqual(EVERYTHING);
    expect(settings.inDoubt).toBe(false);
    expect(commandsOf(() => settings.tune(TUNING, false))).toEqual([]);
    expect(commandsOf(() => settings.tune(OTHER, false))).toEqual(FREQUENCY_TO_GAIN);
    expect(commandsOf(() => settings.tune(OTHER, true))).toEqual(EVERYTHING);
  });

  test('are in doubt after 10 s without a request', () => {
    const settings = settingsOf(false);
    settings.tune(TUNING, true);
    nowMs = 10_000;
    expect(settings.inDoubt).toBe(false);
    nowMs = 10_001;
    expect(settings.inDoubt).toBe(true);
    expect(commandsOf(() => settings.refresh(Infinity))).toEqual(EVERYTHING);
    expect(settings.inDoubt).toBe(false);
  });

  test('are sent again before a read, unless they were sent since a given time', () => {
    const settings = settingsOf(false);
    expect(commandsOf(() => settings.refresh(Infinity))).toEqual([]);
    nowMs = 100;
    settings.tune(TUNING, true);
    expect(commandsOf(() => settings.refresh(99))).toEqual([]);
    expect(commandsOf(() => settings.refresh(100))).toEqual(FREQUENCY_TO_GAIN);
  });

  test('are sent to every new connection', () => {
    const settings = settingsOf(false);
    expect(commandsOf(() => settings.connected())).toEqual(RATE);
    settings.tune(TUNING, true);
    expect(commandsOf(() => settings.connected())).toEqual([...RATE, ...EVERYTHING]);
  });

  test('have the wanted gain again after steps of the gain', () => {
    const settings = settingsOf(false);
    settings.tune(TUNING, true);
    expect(commandsOf(() => settings.stepGain(0))).toEqual([4]);
    expect(commandsOf(() => settings.restore())).toEqual(FREQUENCY_TO_GAIN);
  });
});

test('the settings of a child process stay valid', () => {
  const settings = settingsOf(true);
  settings.tune(TUNING, true);
  nowMs = 60_000;
  expect(settings.inDoubt).toBe(false);
});

describe('the bias tee', () => {
  test('of a shared server is sent only once it was wanted', () => {
    const settings = settingsOf(false);
    settings.tune(TUNING, true);
    expect(settings.biasTeeOffCommand).toBeUndefined();
    expect(commandsOf(() => settings.tune({ ...TUNING, biasTee: true }, false))).toEqual([
      ...BIAS_TEE,
      ...FREQUENCY_TO_GAIN,
    ]);
    expect(settings.biasTeeOffCommand?.[0]).toBe(BIAS_TEE[0]);
    expect(commandsOf(() => settings.turnBiasTeeOff())).toEqual(BIAS_TEE);
    expect(settings.biasTeeOffCommand).toBeUndefined();
    expect(commandsOf(() => settings.turnBiasTeeOff())).toEqual([]);
  });

  test('of a child process is always sent first, because librtlsdr leaves it on', () => {
    const settings = settingsOf(true);
    expect(commandsOf(() => settings.tune(TUNING, true))).toEqual([...BIAS_TEE, ...EVERYTHING]);
    expect(commandsOf(() => settings.connected())).toEqual([...RATE, ...BIAS_TEE, ...EVERYTHING]);
  });
});
