import type { BeamWidths } from '#contract/rest/rotors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import type { PointingModel } from '#shared/sky/pointing-model';
import type { RotorConfig as RotorConfigMessage } from '#proto/common';
import type { RotorFields } from '../store/rotors.ts';

/** A rotor of the site that is called. Absent in older sessions: `beam`, `pointing_model`. */
export type Rotor = Omit<RotorFields, 'site_id'> & {
  id: number;
  beam?: BeamWidths | null;
  pointing_model?: PointingModel | null;
};

/** The configuration of a rotor as the other services use it. */
export function rotorConfig(rotor: Rotor): RotorConfig {
  return {
    id: rotor.id,
    name: rotor.name,
    host: rotor.host,
    port: rotor.port,
    limits: {
      azMinDeg: rotor.az_min,
      azMaxDeg: rotor.az_max,
      elMinDeg: rotor.min_elevation,
      elMaxDeg: rotor.max_elevation,
    },
    toleranceDeg: rotor.tolerance_deg,
    settleMs: rotor.settle_ms,
    azimuth: { speedDegPerS: rotor.az_speed_deg_s, accelerationDegPerS2: rotor.az_acceleration_deg_s2 },
    elevation: { speedDegPerS: rotor.el_speed_deg_s, accelerationDegPerS2: rotor.el_acceleration_deg_s2 },
    park: { azimuthDeg: rotor.park_az, elevationDeg: rotor.park_el },
    parkAfterScan: rotor.park_after_scan,
    horizon: rotor.horizon.map(([azimuthDeg, elevationDeg]) => ({ azimuthDeg, elevationDeg })),
    keepOut: rotor.keep_out.map((sector) => ({
      azStartDeg: sector.az_start,
      azEndDeg: sector.az_end,
      elMinDeg: sector.el_min,
      elMaxDeg: sector.el_max,
    })),
    ...(rotor.beam_width_deg !== null && { beamWidthDeg: rotor.beam_width_deg }),
    ...(rotor.beam && {
      beamWidths: { azimuthDeg: rotor.beam.azimuth_deg, elevationDeg: rotor.beam.elevation_deg },
    }),
    trustLimits: rotor.trust_limits,
    avoidSun: rotor.avoid_sun,
    ...(rotor.pointing_model && { pointingModel: modelOf(rotor.pointing_model) }),
    rssiSource: rotor.rssi_source,
    receiver: {
      centerFrequencyHz: rotor.center_frequency_hz,
      bandwidthHz: rotor.bandwidth_hz,
      gainDb: rotor.gain_db,
      readMs: rotor.read_ms,
      name: rotor.receiver,
      frequencyCorrectionPpm: rotor.frequency_correction_ppm,
      biasTee: rotor.bias_tee,
      ...(rotor.dbm_offset_db !== null && { dbmOffsetDb: rotor.dbm_offset_db }),
    },
  };
}

function modelOf({ IA, IE, CA, NPAE, AN, AW }: PointingModel): PointingModel {
  return { IA, IE, CA, NPAE, AN, AW };
}

/** The same as a gRPC message. */
export function rotorMessage(rotor: Rotor): RotorConfigMessage {
  return rotorConfigToMessage(rotorConfig(rotor));
}
