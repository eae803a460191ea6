import { PALETTES, type PaletteName } from '../../map/palettes.ts';
import { PROJECTIONS, type ProjectionName } from '../../map/projections.ts';
import { keep, recall } from './storage.ts';

/** How maps are shown, on every page; kept from one visit to the next. */
export const mapChoices = {
  get projection(): ProjectionName {
    return projection;
  },
  set projection(name: ProjectionName) {
    projection = name;
    keep('sky-scan.projection', name);
  },
  get palette(): PaletteName {
    return palette;
  },
  set palette(name: PaletteName) {
    palette = name;
    keep('sky-scan.palette', name);
  },
};

/** The projection of a map of so many rows: in polar form a scan of one row is a thin ring. */
export function projectionFor(rows: number | undefined): ProjectionName {
  return rows === 1 ? 'rectangular' : projection;
}

let projection = $state(known(PROJECTIONS, recall('sky-scan.projection')) ?? 'polar');
let palette = $state<PaletteName>(known(PALETTES, recall('sky-scan.palette')) ?? 'viridis');

function known<Name extends string>(names: readonly Name[], text: string | undefined): Name | undefined {
  return names.find((name) => name === text);
}
