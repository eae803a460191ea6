import type {
  FitPointingRequest,
  FitPointingResponse,
  MeasureOffsetRequest,
  MeasureOffsetResponse,
} from '#proto/sky_analyst';
import { errorMessage } from '#shared/base/errors';
import { pointingFromMessage, pointingModelToMessage } from '#shared/rotor/rotor-messages';
import { checkPointingModel, type PointingModel } from '#shared/sky/pointing-model';
import { fitPointing } from '../domain/pointing/fit-pointing.ts';
import { measureOffset } from '../domain/pointing/measure-offset.ts';

// Both take less than 10 ms, so they run in the event loop.

export function offsetOf(request: MeasureOffsetRequest): MeasureOffsetResponse {
  return measureOffset(request);
}

/** Throws `invalid` for impossible observations. */
export function pointingFitOf({ observations }: FitPointingRequest): FitPointingResponse {
  const { model, terms, sigmasDeg, residuals, rmsBeforeDeg, rmsDeg, chiSquare, degreesOfFreedom } =
    fitPointing(
      observations.map(({ direction, readback, sigmaDeg }, k) => ({
        direction: pointingFromMessage(direction, `observations[${k}].direction`),
        readback: pointingFromMessage(readback, `observations[${k}].readback`),
        sigmaDeg,
      })),
    );
  return {
    model: pointingModelToMessage(model),
    terms,
    sigmasDeg,
    residuals,
    rmsBeforeDeg,
    rmsDeg,
    chiSquare,
    degreesOfFreedom,
    problem: problemOf(model),
  };
}

function problemOf(model: PointingModel): string | undefined {
  try {
    checkPointingModel(model);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
