import type { MotionCommand } from '../faults/rotctld-log.ts';

/** A site, the part of the sky that its scan covers, and what its rotctld received. */
export interface SiteMoves {
  site: string;
  sector: { azStartDeg: number; azEndDeg: number };
  commands: readonly MotionCommand[];
}

/** Moves of a rotor into the sector of another site. The sectors have no azimuth in common. */
export function foreignMoves(all: readonly SiteMoves[]): string[] {
  return all.flatMap(({ site, commands }) =>
    all
      .filter((other) => other.site !== site)
      .flatMap(({ site: name, sector }) =>
        commands
          .filter(({ target }) => target && isInside(target.azimuthDeg, sector))
          .map(({ line }) => `the rotor of ${site} received '${line}', which is a move of ${name}`),
      ),
  );
}

/** On any turn of the cable. */
function isInside(azimuthDeg: number, { azStartDeg, azEndDeg }: SiteMoves['sector']): boolean {
  const fromStartDeg = (((azimuthDeg - azStartDeg) % 360) + 360) % 360;
  return fromStartDeg <= azEndDeg - azStartDeg;
}
