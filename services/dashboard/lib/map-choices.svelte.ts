import { PALETTES, PROJECTIONS } from '#contract/map-options';
import type { PaletteName } from '#sky-map/palettes';
import type { ProjectionName } from '#sky-map/projections';
import { keep, recall } from './storage.ts';

/** How maps are shown, on every page; kept from one visit to the next. */
export const mapChoices = {
  get projection(): ProjectionName {
    return addressed ?? projection;
  },
  set projection(name: ProjectionName) {
    projection = name;
    addressed = undefined;
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

/**
 * What the address of a page asks for; undefined: nothing. It is not kept: the next page is shown
 * as was chosen.
 */
export function showProjection(name: ProjectionName | undefined): void {
  addressed = name;
}

/** The projection of a map of so many rows: in polar form a scan of one row is a thin ring. */
export function projectionFor(rows: number | undefined): ProjectionName {
  return rows === 1 ? 'rectangular' : mapChoices.projection;
}

let projection = $state(known(PROJECTIONS, recall('sky-scan.projection')) ?? 'polar');
let addressed = $state<ProjectionName | undefined>();
let palette = $state<PaletteName>(known(PALETTES, recall('sky-scan.palette')) ?? 'viridis');

function known<Name extends string>(names: readonly Name[], text: string | undefined): Name | undefined {
  return names.find((name) => name === text);
}
