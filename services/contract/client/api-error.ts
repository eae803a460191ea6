import type { Problem } from '../rest/errors.ts';

/** The API refuses a request, in its own words; `status` 0: there is no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly problems: Problem[];

  constructor(status: number, message: string, problems: Problem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.problems = problems;
  }

  /**
   * The problems by field; of nested fields (`horizon.0.1`) by the path. Those of no field are at
   * ''.
   */
  get byField(): Map<string, string> {
    const fields = new Map<string, string>();
    for (const { loc, msg } of this.problems) {
      const name = loc.slice(1).join('.');
      const before = fields.get(name);
      fields.set(name, before === undefined ? msg : `${before}; ${msg}`);
    }
    return fields;
  }
}

/** The error of a response that is not a success. `reason`: the header `REASON_HEADER`. */
export function refusalOf(status: number, text: string, reason: string | null = null): ApiError {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string')
      return new ApiError(status, reason === null ? detail : `${detail}: ${reason}`);
    if (Array.isArray(detail)) {
      const problems = detail as Problem[];
      return new ApiError(status, problems.map(describeProblem).join('; '), problems);
    }
  } catch {
    // Not JSON: the page of a proxy.
  }
  return new ApiError(status, `The server answers ${status}`);
}

/** `az_end: Must be at most 360 deg from az_start` */
export function describeProblem({ loc, msg }: Problem): string {
  return `${loc.slice(1).join('.') || 'request'}: ${msg}`;
}
