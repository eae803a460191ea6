import { SkyScanError } from '#shared/base/errors';

/** Throws `busy` for a scan around a source, whose grid has no directions on the sky. */
export function requireDirections({
  id,
  frame,
}: {
  id: number;
  frame: { resolved: { name: string } } | null;
}): void {
  if (!frame) return;
  throw new SkyScanError(
    'busy',
    `Session ${id} was scanned around ${frame.resolved.name}: it has no map of the sky; it shows the pattern of the antenna (/api/skyscan/${id}/pattern)`,
  );
}
