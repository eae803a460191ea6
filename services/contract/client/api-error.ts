import type { Problem } from '../rest/errors.ts';

/** The API refused a request; the message is its own. `status` 0: no response. */
export class ApiError extends Error {
  readonly status: number;
  readonly problems: Problem[];

  constructor(status: number, message: string, problems: Problem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.problems = problems;
  }

  /**
   * The problems by field, nested fields by path (`horizon.0.1`); problems of the whole request are
   * at ''.
   */
  get byField(): Map<string, string> {
    const fields = new Map<string, string>();
    for (const { loc, msg } of this.problems) {
      const name = loc.slice(1).join('.');
      const previous = fields.get(name);
      fields.set(name, previous === undefined ? msg : `${previous}; ${msg}`);
    }
    return fields;
  }
}

/** The error of a failed response. `reason`: the header `REASON_HEADER`. */
export function toApiError(status: number, text: string, reason: string | null = null): ApiError {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string')
      return new ApiError(status, reason === null ? detail : `${detail}: ${reason}`);
    if (Array.isArray(detail)) {
      const problems = detail as Problem[];
      return new ApiError(status, problems.map(describeProblem).join('; '), problems);
    }
  } catch {
    // Not JSON: an error page of a proxy.
  }
  return new ApiError(status, `The server answered with status ${status}`);
}

/** `az_end: Must be at most 360 deg from az_start` */
export function describeProblem({ loc, msg }: Problem): string {
  return `${loc.slice(1).join('.') || 'request'}: ${msg}`;
}
