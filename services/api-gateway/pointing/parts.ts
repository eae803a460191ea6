import type { Logger } from '#shared/runtime/logger';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { RotorCache } from '../rotors/rotor-cache.ts';
import type { ActionParts } from '../scans/act-on-scan.ts';
import type { ScanParts } from '../scans/start-scan.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import { findRotor } from '../store/rotors.ts';

/** What pointing calibrations need. */
export interface PointingParts extends ScanParts, ActionParts {
  orchestratorOf: (siteId: number) => Orchestrator;
  handOver: ScanParts['handOver'] & ActionParts['handOver'];
  analyst: Pick<SkyAnalyst, 'measureOffset' | 'fitPointing' | 'findSatellite' | 'findEmitter'>;
  placeOf: PlaceOf;
  rotorCache: Pick<RotorCache, 'set'>;
  /** Called after a change of a rotor, with its site. */
  sitesChanged: (siteId: number) => Promise<void>;
  logger: Logger;
}

/** Tells rotor-driver and the other gateways about another model or beam of a rotor. */
export async function modelChanged(
  { db, rotorCache, sitesChanged }: Pick<PointingParts, 'db' | 'rotorCache' | 'sitesChanged'>,
  rotorId: number,
): Promise<void> {
  const rotor = await findRotor(db, rotorId);
  if (!rotor) return;
  rotorCache.set(rotor);
  await sitesChanged(rotor.site_id);
}
