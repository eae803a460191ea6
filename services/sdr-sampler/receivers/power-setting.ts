import { planSpan, spanArguments, type PowerSpan } from '../domain/power-span.ts';
import {
  checkFrequency,
  checkWholeSeconds,
  correctionPpm,
  nearestGainDb,
  reachesFrequency,
  type ReadSettings,
} from '../domain/settings.ts';
import type { Tuner } from './tuners.ts';

/** Settings of an rtl_power process; other settings need another process. */
export interface PowerSetting {
  span: PowerSpan;
  gainDb: number;
  correctionPpm: number;
  biasTee: boolean;
}

/** rtl_power interprets `-g -10` as automatic gain. */
const MIN_GAIN_DB = -9.9;

/**
 * The setting for a read; throws `invalid` or `out_of_range` if there is none. `tuner`: undefined
 * while it is unknown.
 */
export function powerSettingFor(
  settings: ReadSettings,
  tuner: Tuner | undefined,
  configuredPpm: number,
): PowerSetting {
  checkWholeSeconds(settings.readMs);
  const { centerFrequencyHz, bandwidthHz, gainDb } = settings;
  if (tuner) checkFrequency(centerFrequencyHz, tuner);
  const reaches = tuner && ((hz: number) => reachesFrequency(hz, centerFrequencyHz, tuner));
  return {
    span: planSpan(centerFrequencyHz, bandwidthHz, reaches, settings.spectrum),
    gainDb: Math.max(MIN_GAIN_DB, tuner ? nearestGainDb(gainDb, tuner.gainsDb) : gainDb),
    correctionPpm: correctionPpm(settings.frequencyCorrectionPpm, configuredPpm),
    biasTee: settings.biasTee ?? false,
  };
}

export function isSamePowerSetting(a: PowerSetting, b: PowerSetting): boolean {
  return (
    a.span.lowHz === b.span.lowHz &&
    a.span.bins === b.span.bins &&
    a.span.channelLowHz === b.span.channelLowHz &&
    a.span.channelHighHz === b.span.channelHighHz &&
    a.gainDb === b.gainDb &&
    a.correctionPpm === b.correctionPpm &&
    a.biasTee === b.biasTee
  );
}

/** The arguments of rtl_power: one line per second. */
export function powerArguments(setting: PowerSetting, device: string): string[] {
  const { span, gainDb, biasTee } = setting;
  return [
    ...[...spanArguments(span), '-i', '1', '-g', gainDb.toFixed(1), '-d', device],
    ...(setting.correctionPpm === 0 ? [] : ['-p', String(setting.correctionPpm)]),
    ...(biasTee ? ['-T'] : []),
    '-',
  ];
}
