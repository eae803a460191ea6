import { VERSION } from '#shared/runtime/version';
import type { Place } from '#shared/sky/look';
import type { Recording } from '../../clients/recordings.ts';

/** What a SigMF metadata file describes. */
export interface RecordedAt {
  recording: Omit<Recording, 'iq'>;
  /** SHA-512 of the samples, hexadecimal. */
  sha512: string;
  rotor: {
    id: number;
    name: string;
    receiver: string;
    /** Of the channel. */
    center_frequency_hz: number;
    bandwidth_hz: number;
    /** null: not calibrated. */
    dbm_offset_db: number | null;
  };
  /** Of the site; undefined: unknown. */
  place: Place | undefined;
}

/** The version of docs/skyscan.sigmf-ext.md. */
const EXTENSION_VERSION = '1.0.0';

/**
 * The metadata of a recording of 8-bit samples: SigMF 1.2.6, https://github.com/sigmf/SigMF, with
 * the extension namespace `skyscan` (docs/skyscan.sigmf-ext.md).
 */
export function sigmfMetadata({ recording, sha512, rotor, place }: RecordedAt) {
  const { azimuthDeg, elevationDeg } = recording.readback;
  const { center_frequency_hz: centerHz, bandwidth_hz: bandwidthHz } = rotor;
  return {
    global: {
      'core:version': '1.2.6',
      'core:datatype': 'cu8',
      'core:sample_rate': recording.sampleRateHz,
      'core:sha512': sha512,
      'core:hw': `RTL-SDR dongle, tuner ${recording.tuner}, receiver ${rotor.receiver}; antenna on rotor ${rotor.name}`,
      'core:recorder': `Sky Scan ${VERSION}`,
      'core:extensions': [{ name: 'skyscan', version: EXTENSION_VERSION, optional: true }],
      'skyscan:rotor_id': rotor.id,
      'skyscan:rotor_name': rotor.name,
      'skyscan:receiver': rotor.receiver,
    },
    captures: [
      {
        'core:sample_start': 0,
        'core:frequency': recording.tunerFrequencyHz,
        'core:datetime': new Date(recording.startedAtMs).toISOString(),
        // Without an altitude: that of a site is above sea level, not above the ellipsoid.
        ...(place && {
          'core:geolocation': { type: 'Point', coordinates: [place.longitudeDeg, place.latitudeDeg] },
        }),
        'skyscan:azimuth_deg': azimuthDeg,
        'skyscan:elevation_deg': elevationDeg,
        'skyscan:gain_db': recording.gainDb,
        ...(rotor.dbm_offset_db !== null && { 'skyscan:dbm_offset_db': rotor.dbm_offset_db }),
      },
    ],
    annotations: [
      {
        'core:sample_start': 0,
        'core:sample_count': recording.samples,
        'core:freq_lower_edge': centerHz - bandwidthHz / 2,
        'core:freq_upper_edge': centerHz + bandwidthHz / 2,
        'core:label': 'channel',
        'core:comment': 'The channel whose level a measurement with these settings has',
      },
    ],
  };
}
