import {
  RssiSource,
  type AxisMotion as AxisMotionMessage,
  type KeepOutSector as KeepOutSectorMessage,
  type PointingModel as PointingModelMessage,
  type Pointing as PointingMessage,
  type ReceiverSettings as ReceiverSettingsMessage,
  type RotorConfig as RotorConfigMessage,
  type TravelLimits as TravelLimitsMessage,
} from '#proto/common';
import { SkyScanError } from '../base/errors.ts';
import type { AxisMotion } from '../sky/kinematics.ts';
import type { HorizonMask, KeepOutSector } from '../sky/obstacles.ts';
import { checkPointingModel, type PointingModel } from '../sky/pointing-model.ts';
import type { Pointing, TravelLimits } from '../sky/pointing.ts';
import { DEFAULT_RECEIVER, RECEIVER_NAME, type ReceiverSettings, type RotorConfig } from './rotor-config.ts';

const SOURCES = {
  sdr: RssiSource.RSSI_SOURCE_SDR,
  rotctld: RssiSource.RSSI_SOURCE_ROTCTLD,
  none: RssiSource.RSSI_SOURCE_NONE,
} as const;

export function rotorConfigToMessage(rotor: RotorConfig): RotorConfigMessage {
  return {
    ...rotor,
    rssiSource: SOURCES[rotor.rssiSource],
    horizon: [...rotor.horizon],
    keepOut: [...rotor.keepOut],
    receiver: receiverToMessage(rotor.receiver),
    pointingModel: rotor.pointingModel && pointingModelToMessage(rotor.pointingModel),
  };
}

function receiverToMessage(settings: ReceiverSettings): ReceiverSettingsMessage {
  return {
    ...settings,
    name: settings.name ?? '',
    frequencyCorrectionPpm: settings.frequencyCorrectionPpm ?? 0,
    biasTee: settings.biasTee ?? false,
  };
}

/** Parses a gRPC message. Throws `invalid` with the field and its value. */
export function rotorConfigFromMessage(message: RotorConfigMessage | undefined): RotorConfig {
  const rotor = present(message, 'rotor');
  if (rotor.id < 1) throw invalid('rotor.id', rotor.id, 'must be at least 1');
  if (!rotor.host) throw invalid('rotor.host', rotor.host, 'must not be empty');
  if (rotor.port < 1 || rotor.port > 65535) throw invalid('rotor.port', rotor.port, 'must be in 1..65535');
  return {
    id: rotor.id,
    name: rotor.name,
    host: rotor.host,
    port: rotor.port,
    limits: limitsFromMessage(rotor.limits),
    toleranceDeg: positive(rotor.toleranceDeg, 'rotor.tolerance_deg'),
    settleMs: notNegative(rotor.settleMs, 'rotor.settle_ms'),
    azimuth: axisFromMessage(rotor.azimuth, 'rotor.azimuth'),
    elevation: axisFromMessage(rotor.elevation, 'rotor.elevation'),
    park: pointingFromMessage(rotor.park, 'rotor.park'),
    parkAfterScan: rotor.parkAfterScan,
    rssiSource: sourceFromMessage(rotor.rssiSource),
    receiver: receiverFromMessage(rotor.receiver),
    horizon: horizonFromMessage(rotor.horizon),
    keepOut: rotor.keepOut.map(keepOutFromMessage),
    ...(rotor.trustLimits !== undefined && { trustLimits: rotor.trustLimits }),
    ...(rotor.avoidSun !== undefined && { avoidSun: rotor.avoidSun }),
    ...(rotor.beamWidthDeg !== undefined && {
      beamWidthDeg: positive(rotor.beamWidthDeg, 'rotor.beam_width_deg'),
    }),
    ...(rotor.beamWidths && {
      beamWidths: {
        azimuthDeg: positive(rotor.beamWidths.azimuthDeg, 'rotor.beam_widths.azimuth_deg'),
        elevationDeg: positive(rotor.beamWidths.elevationDeg, 'rotor.beam_widths.elevation_deg'),
      },
    }),
    ...(rotor.pointingModel && { pointingModel: usablePointingModel(rotor.pointingModel) }),
  };
}

export function limitsFromMessage(message: TravelLimitsMessage | undefined): TravelLimits {
  const limits = present(message, 'limits');
  for (const [name, value] of Object.entries(limits)) finite(value as number, `limits.${name}`);
  if (limits.azMinDeg > limits.azMaxDeg)
    throw invalid(
      'limits.az_min_deg',
      limits.azMinDeg,
      `must not be above az_max_deg ${limits.azMaxDeg} deg`,
    );
  if (limits.elMinDeg > limits.elMaxDeg)
    throw invalid(
      'limits.el_min_deg',
      limits.elMinDeg,
      `must not be above el_max_deg ${limits.elMaxDeg} deg`,
    );
  return {
    azMinDeg: limits.azMinDeg,
    azMaxDeg: limits.azMaxDeg,
    elMinDeg: limits.elMinDeg,
    elMaxDeg: limits.elMaxDeg,
  };
}

export function pointingFromMessage(message: PointingMessage | undefined, name: string): Pointing {
  const pointing = present(message, name);
  return {
    azimuthDeg: finite(pointing.azimuthDeg, `${name}.azimuth_deg`),
    elevationDeg: finite(pointing.elevationDeg, `${name}.elevation_deg`),
  };
}

export function receiverFromMessage(message: ReceiverSettingsMessage | undefined): ReceiverSettings {
  const settings = present(message, 'receiver');
  const name = settings.name || DEFAULT_RECEIVER;
  if (!RECEIVER_NAME.test(name))
    throw invalid('receiver.name', JSON.stringify(name), 'must be 1 to 32 of A-Z a-z 0-9 _ -');
  return {
    centerFrequencyHz: positive(settings.centerFrequencyHz, 'receiver.center_frequency_hz'),
    bandwidthHz: positive(settings.bandwidthHz, 'receiver.bandwidth_hz'),
    gainDb: finite(settings.gainDb, 'receiver.gain_db'),
    readMs: positive(settings.readMs, 'receiver.read_ms'),
    ...(settings.dbmOffsetDb !== undefined && {
      dbmOffsetDb: finite(settings.dbmOffsetDb, 'receiver.dbm_offset_db'),
    }),
    name,
    frequencyCorrectionPpm: finite(settings.frequencyCorrectionPpm, 'receiver.frequency_correction_ppm'),
    biasTee: settings.biasTee,
  };
}

function horizonFromMessage(points: PointingMessage[]): HorizonMask {
  const mask = points.map((point, i) => pointingFromMessage(point, `rotor.horizon[${i}]`));
  mask.forEach(({ azimuthDeg, elevationDeg }, i) => {
    const name = `rotor.horizon[${i}]`;
    if (azimuthDeg < 0 || azimuthDeg > 360)
      throw invalid(`${name}.azimuth_deg`, azimuthDeg, 'must be in 0..360 deg');
    if (elevationDeg < -90 || elevationDeg > 90)
      throw invalid(`${name}.elevation_deg`, elevationDeg, 'must be in -90..90 deg');
    const before = mask[i - 1];
    if (before && azimuthDeg <= before.azimuthDeg)
      throw invalid(
        `${name}.azimuth_deg`,
        azimuthDeg,
        `must be above the previous one, ${before.azimuthDeg} deg`,
      );
  });
  return mask;
}

function keepOutFromMessage(sector: KeepOutSectorMessage, i: number): KeepOutSector {
  const { azStartDeg, azEndDeg, elMinDeg, elMaxDeg } = sector;
  for (const [name, value] of Object.entries({ azStartDeg, azEndDeg, elMinDeg, elMaxDeg }))
    finite(value, `rotor.keep_out[${i}].${name}`);
  if (elMinDeg >= elMaxDeg)
    throw invalid(`rotor.keep_out[${i}].el_min_deg`, elMinDeg, `must be below el_max_deg ${elMaxDeg} deg`);
  return { azStartDeg, azEndDeg, elMinDeg, elMaxDeg };
}

export function pointingModelToMessage({ IA, IE, CA, NPAE, AN, AW }: PointingModel): PointingModelMessage {
  return { iaDeg: IA, ieDeg: IE, caDeg: CA, npaeDeg: NPAE, anDeg: AN, awDeg: AW };
}

export function pointingModelFromMessage(message: PointingModelMessage): PointingModel {
  const { iaDeg, ieDeg, caDeg, npaeDeg, anDeg, awDeg } = message;
  return { IA: iaDeg, IE: ieDeg, CA: caDeg, NPAE: npaeDeg, AN: anDeg, AW: awDeg };
}

/** Throws `out_of_range` for errors that need an adjustment of the mount. */
function usablePointingModel(message: PointingModelMessage): PointingModel {
  const model = pointingModelFromMessage(message);
  checkPointingModel(model);
  return model;
}

function axisFromMessage(message: AxisMotionMessage | undefined, name: string): AxisMotion {
  const axis = present(message, name);
  return {
    speedDegPerS: positive(axis.speedDegPerS, `${name}.speed_deg_per_s`),
    accelerationDegPerS2: positive(axis.accelerationDegPerS2, `${name}.acceleration_deg_per_s2`),
  };
}

function sourceFromMessage(source: RssiSource): RotorConfig['rssiSource'] {
  const found = (Object.keys(SOURCES) as RotorConfig['rssiSource'][]).find(
    (name) => SOURCES[name] === source,
  );
  if (!found) throw invalid('rotor.rssi_source', source, 'must be set');
  return found;
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new SkyScanError('invalid', `${name} is missing`);
  return value;
}

function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw invalid(name, value, 'must be a finite number');
  return value;
}

function positive(value: number, name: string): number {
  if (!(finite(value, name) > 0)) throw invalid(name, value, 'must be greater than 0');
  return value;
}

function notNegative(value: number, name: string): number {
  if (finite(value, name) < 0) throw invalid(name, value, 'must not be negative');
  return value;
}

function invalid(name: string, value: unknown, rule: string): SkyScanError {
  return new SkyScanError('invalid', `${name} ${String(value)} ${rule}`);
}
