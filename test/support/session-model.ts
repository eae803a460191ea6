// Model of the responses that the public API may give about one session, for any number of
// concurrent clients.

/** A session status, or the request that is in progress. */
export type ModelStatus =
  'pending' | 'running' | 'pausing' | 'paused' | 'resuming' | 'cancelling' | 'completed' | 'cancelled';
export type Action = 'pause' | 'resume' | 'cancel';

const ACTIONS: Action[] = ['pause', 'resume', 'cancel'];

/**
 * Result of a request: `done`: 200; a status: 400, refused in that status; `unknown`: the response
 * was lost; `not_done`: the request never arrived.
 */
export type Outcome = 'done' | 'unknown' | 'not_done' | { refusedIn: ModelStatus };

/** An event, in the order of observation. */
export type HistoryEvent =
  | { type: 'requested'; request: number; action: Action }
  | { type: 'answered'; request: number; outcome: Outcome }
  /** From now on a rotor stop may pause the session once. */
  | { type: 'rotor_stopped' }
  /** Requests whose responses were lost can no longer take effect. */
  | { type: 'settled' };

const ACCEPTED: Record<Action, Partial<Record<ModelStatus, ModelStatus>>> = {
  pause: { running: 'pausing' },
  resume: { paused: 'resuming' },
  cancel: {
    pending: 'cancelled',
    running: 'cancelling',
    pausing: 'cancelling',
    paused: 'cancelling',
    resuming: 'cancelling',
  },
};

/** Transitions without a request. A pause during the last point may end in `completed`. */
const SPONTANEOUS: Partial<Record<ModelStatus, ModelStatus[]>> = {
  pending: ['running'],
  running: ['completed'],
  pausing: ['paused', 'completed'],
  resuming: ['running', 'completed'],
  cancelling: ['cancelled'],
};

/** Effect of a rotor stop on the session that holds the rotor. */
const ON_ROTOR_STOP: Partial<Record<ModelStatus, ModelStatus>> = {
  pending: 'paused',
  running: 'paused',
  resuming: 'pausing',
};

/** One state that is consistent with all events so far. */
interface Possibility {
  status: ModelStatus;
  stops: number;
  /** Open requests that have not taken effect yet. */
  open: ReadonlySet<number>;
  /** Requests whose response was lost: they may or may not take effect. */
  lost: Readonly<Record<Action, number>>;
}

interface Request {
  action: Action;
  outcome: Outcome;
  /** Index of the response. */
  until: number;
}

const NONE_LOST = { pause: 0, resume: 0, cancel: 0 };

/**
 * Returns the first event that no order of the requests explains (each takes effect at one instant
 * between request and response), or undefined, and the statuses in which the session may end. After
 * J. Wing and C. Gong, "Testing and verifying concurrent objects", 1993: it follows all possible
 * states at once and merges equal ones. Their number stays small: a refusal changes nothing and is
 * applied as soon as possible, and of equal requests the one that is answered first takes effect
 * first.
 */
export function explain(events: HistoryEvent[]): {
  impossible: HistoryEvent | undefined;
  ends: Set<ModelStatus>;
} {
  const requests = requestsOf(events);
  let possibilities: Possibility[] = [{ status: 'pending', stops: 0, open: new Set(), lost: NONE_LOST }];
  for (const event of events) {
    if (event.type === 'answered') {
      possibilities = reachable(possibilities, requests).filter(({ open }) => !open.has(event.request));
      if (possibilities.length === 0) return { impossible: event, ends: new Set() };
    } else possibilities = possibilities.map((possibility) => applyEvent(possibility, event, requests));
  }
  return {
    impossible: undefined,
    ends: new Set(reachable(possibilities, requests).map(({ status }) => status)),
  };
}

function requestsOf(events: HistoryEvent[]): Map<number, Request> {
  const requests = new Map<number, Request>();
  for (const event of events)
    if (event.type === 'requested')
      requests.set(event.request, { action: event.action, outcome: 'unknown', until: Infinity });
  events.forEach((event, index) => {
    const request = event.type === 'answered' && requests.get(event.request);
    if (request) Object.assign(request, { outcome: event.outcome, until: index });
  });
  return requests;
}

function applyEvent(
  possibility: Possibility,
  event: Exclude<HistoryEvent, { type: 'answered' }>,
  requests: Map<number, Request>,
): Possibility {
  if (event.type === 'rotor_stopped') return { ...possibility, stops: possibility.stops + 1 };
  if (event.type === 'settled') return { ...possibility, lost: NONE_LOST };
  const outcome = requests.get(event.request)?.outcome;
  if (outcome === 'not_done') return possibility;
  if (outcome === 'unknown')
    return {
      ...possibility,
      lost: { ...possibility.lost, [event.action]: possibility.lost[event.action] + 1 },
    };
  return { ...possibility, open: new Set(possibility.open).add(event.request) };
}

/** All states that can be reached from these. */
function reachable(possibilities: Possibility[], requests: Map<number, Request>): Possibility[] {
  const found = new Map<string, Possibility>();
  const visit = (before: Possibility) => {
    const possibility = withRefusals(before, requests);
    const { status, stops, open, lost } = possibility;
    const key = `${status}/${stops}/${Object.values(lost).join()}/${[...open].join()}`;
    if (found.has(key)) return;
    found.set(key, possibility);
    for (const next of SPONTANEOUS[status] ?? []) visit({ ...possibility, status: next });
    const stopped = ON_ROTOR_STOP[status];
    if (stopped && stops > 0) visit({ ...possibility, status: stopped, stops: stops - 1 });
    for (const action of ACTIONS) {
      const next = ACCEPTED[action][status];
      if (!next) continue;
      const first = [...open]
        .filter((id) => requests.get(id)?.action === action && requests.get(id)?.outcome === 'done')
        .toSorted((a, b) => (requests.get(a)?.until ?? 0) - (requests.get(b)?.until ?? 0))[0];
      if (first !== undefined)
        visit({ ...possibility, status: next, open: new Set([...open].filter((id) => id !== first)) });
      if (lost[action] > 0)
        visit({ ...possibility, status: next, lost: { ...lost, [action]: lost[action] - 1 } });
    }
  };
  possibilities.forEach(visit);
  return [...found.values()];
}

/** Removes the requests that are refused in this status. */
function withRefusals(possibility: Possibility, requests: Map<number, Request>): Possibility {
  const refused = [...possibility.open].filter((id) => {
    const request = requests.get(id);
    if (typeof request?.outcome !== 'object' || request.outcome.refusedIn !== possibility.status)
      return false;
    return ACCEPTED[request.action][possibility.status] === undefined;
  });
  if (refused.length === 0) return possibility;
  return { ...possibility, open: new Set([...possibility.open].filter((id) => !refused.includes(id))) };
}
