import { ScanMode, type Frame as FrameMessage, type FramePlace, type RefineSettings } from '#proto/scan_spec';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import { createDirectionAt, type Frame, type FrameSource } from '#shared/sky/frame';
import type { GridBounds } from '#shared/sky/grid-shape';
import type { OrbitalElements, Place } from '#shared/sky/look';
import { pointingFromMessage } from '#shared/rotor/rotor-messages';

interface Scan {
  mode: ScanMode | undefined;
  refine: RefineSettings | undefined;
  bounds: GridBounds;
}

/** Throws `invalid` for a frame that cannot be computed, or does not go with the scan. */
export function frameFromMessage({ name, source }: FrameMessage, { mode, refine, bounds }: Scan): Frame {
  if (mode === ScanMode.SCAN_MODE_ON_THE_FLY)
    throw new SkyScanError('invalid', 'a scan with a frame needs scan_mode step, not on_the_fly');
  if (refine) throw new SkyScanError('invalid', 'a scan with a frame cannot be refined');
  const { azStartDeg, azEndDeg } = bounds;
  if (!(azStartDeg >= -180 && azEndDeg <= 180 && azStartDeg <= azEndDeg))
    throw new SkyScanError(
      'invalid',
      `azimuth offsets ${azStartDeg}..${azEndDeg} deg must increase within -180..180 deg`,
    );
  const frame = { name, source: sourceFrom(source) };
  // Throws for elements that cannot be propagated.
  createDirectionAt(frame.source);
  return frame;
}

function sourceFrom(source: FrameMessage['source']): FrameSource {
  switch (source?.$case) {
    case 'fixed':
      return { kind: 'fixed', direction: pointingFromMessage(source.value, 'frame.fixed') };
    case 'sun':
    case 'moon':
      return { kind: source.$case, place: placeFrom(source.value) };
    case 'satellite':
      return {
        kind: 'satellite',
        elements: elementsFrom(source.value.elements),
        place: placeFrom(source.value.place),
      };
    default:
      throw new SkyScanError('invalid', 'frame.source is missing');
  }
}

function elementsFrom(json: string): OrbitalElements {
  try {
    return JSON.parse(json) as OrbitalElements;
  } catch (error) {
    throw new SkyScanError('invalid', `frame.satellite.elements are not JSON: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

function placeFrom(place: FramePlace | undefined): Place {
  if (!place) throw new SkyScanError('invalid', 'frame: the place is missing');
  const { latitudeDeg, longitudeDeg, heightM } = place;
  if (!(Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 180 && Number.isFinite(heightM)))
    throw new SkyScanError(
      'invalid',
      `frame: the place ${latitudeDeg} deg, ${longitudeDeg} deg, ${heightM} m is not on Earth`,
    );
  return place;
}
