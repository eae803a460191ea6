import type { Band } from '../sessions/selection-address.ts';
import { wholeBand, type Channels } from './spectrum-shape.ts';

/** An end of a band. */
export type Handle = 'from' | 'to';

/** The frequency at a share of the width of a view, 0 at its left edge. */
export function frequencyAt(view: Band, share: number): number {
  return view.fromHz + share * (view.toHz - view.fromHz);
}

/** The share of the width of a view at a frequency, limited to 0..1. */
export function shareOf(view: Band, hz: number): number {
  return Math.max(0, Math.min(1, (hz - view.fromHz) / (view.toHz - view.fromHz)));
}

/** The band between two frequencies in either order: whole channels, at least one. */
export function bandBetween(channels: Channels, aHz: number, bHz: number): Band {
  const { fromHz, toHz } = wholeBand(channels);
  const edge = (hz: number) => (hz - fromHz) / channels.channel_hz;
  const last = channels.channels;
  const low = Math.max(0, Math.min(last - 1, Math.floor(edge(Math.min(aHz, bHz)) + 1e-6)));
  const high = Math.max(low + 1, Math.min(last, Math.ceil(edge(Math.max(aHz, bHz)) - 1e-6)));
  const at = (channel: number) => (channel === last ? toHz : fromHz + channel * channels.channel_hz);
  return { fromHz: at(low), toHz: at(high) };
}

/** Moves one end by a number of channels; the band keeps at least one channel. */
export function moveHandle(channels: Channels, band: Band, handle: Handle, by: number): Band {
  const whole = wholeBand(channels);
  const step = channels.channel_hz;
  if (handle === 'from') {
    const fromHz = Math.max(whole.fromHz, Math.min(band.toHz - step, band.fromHz + by * step));
    return { fromHz, toHz: band.toHz };
  }
  const toHz = Math.min(whole.toHz, Math.max(band.fromHz + step, band.toHz + by * step));
  return { fromHz: band.fromHz, toHz };
}

const PAGE_CHANNELS = 10;

/** The number of channels by which a key moves a handle; undefined for other keys. */
export function channelsOfKey(key: string, shift: boolean): number | undefined {
  const single = shift ? PAGE_CHANNELS : 1;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return -single;
    case 'ArrowRight':
    case 'ArrowUp':
      return single;
    case 'PageDown':
      return -PAGE_CHANNELS;
    case 'PageUp':
      return PAGE_CHANNELS;
    case 'Home':
      return -Infinity;
    case 'End':
      return Infinity;
    default:
      return undefined;
  }
}
