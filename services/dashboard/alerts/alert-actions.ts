import type { Alert } from '#contract/rest/alerts';
import type { Api } from '../lib/api.ts';

export type AlertAction = 'acknowledge' | 'known' | 'silence';

const SILENCE_HOURS = 168;

/** The buttons in display order; `done` names the change that can be undone. */
export const ACTIONS: Record<AlertAction, { text: string; hint: string; done: string }> = {
  acknowledge: {
    text: 'Acknowledge',
    hint: 'You have seen it. It stays in the list until it is over.',
    done: 'Acknowledged',
  },
  known: {
    text: 'Known',
    hint: 'Marks its source as known and clears the alert: rules raise no alerts of it.',
    done: 'Marked as known',
  },
  silence: {
    text: 'Silence 7 days',
    hint: 'Sends nothing about it and does not raise it again for 7 days.',
    done: 'Silenced for 7 days',
  },
};

/** The actions that an alert has. */
export function actionsOf({ status, catalogue_id }: Pick<Alert, 'status' | 'catalogue_id'>): AlertAction[] {
  if (status === 'cleared') return [];
  return [
    ...(status === 'open' ? (['acknowledge'] as const) : []),
    ...(catalogue_id === null ? [] : (['known'] as const)),
    'silence',
  ];
}

export function act(api: Api, id: number, action: AlertAction): Promise<Alert> {
  const path = `/api/alerts/${id}` as const;
  if (action === 'silence') return api.post(`${path}/silence`, { hours: SILENCE_HOURS });
  return action === 'known' ? api.post(`${path}/known`) : api.post(`${path}/acknowledge`, {});
}
