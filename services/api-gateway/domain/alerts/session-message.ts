import { fillTemplate, type AlertPlaceholder } from '#contract/alert-placeholders';
import type { SessionEvent, SessionNotice } from '#contract/notifications';
import { countedOf } from '#shared/base/plurals';
import { oneLine, type AlertMessage, type Templates } from './message.ts';

interface MessageParts {
  event: SessionEvent;
  session: SessionNotice;
  /** Address of the dashboard, without a final slash. */
  baseUrl: string;
  templates: Templates;
}

/** The message of an event of a session; placeholders of alerts are empty. */
export function sessionMessageOf({ event, session, baseUrl, templates }: MessageParts): AlertMessage {
  const { id, rotor, completed_points, total_points, reason, since } = session;
  const link = `${baseUrl}/#/scan/sessions/${id}`;
  const picture = completed_points > 0 ? `${baseUrl}/api/skyscan/${id}/map.png` : null;
  const headline = `Scan ${id} of ${rotor} ${stateText(event, session)}`;
  const values: Record<AlertPlaceholder, string> = {
    ...NO_ALERT,
    event,
    kind: 'session',
    headline,
    reason: reason ?? '',
    time: since,
    session: String(id),
    link,
    picture: picture ?? '',
  };
  const lines = [
    headline,
    '',
    `Measured: ${countedOf(completed_points, total_points, 'point')}`,
    ...(reason === null ? [] : [`Reason: ${reason}`]),
    `Since: ${since}`,
    '',
    link,
    ...(picture === null ? [] : [picture]),
  ];
  return {
    title: oneLine(templates.title === null ? headline : fillTemplate(templates.title, values)),
    text: templates.text === null ? lines.join('\n') : fillTemplate(templates.text, values),
    link,
    picture,
  };
}

const NO_ALERT = {
  azimuth: '',
  elevation: '',
  channels: '',
  change_db: '',
  z: '',
  source: '',
  schedule: '',
  alert: '',
};

function stateText(event: SessionEvent, { status }: SessionNotice): string {
  switch (event) {
    case 'session_ended':
      return status === 'completed' ? 'is completed' : 'was cancelled';
    case 'session_paused':
      return 'is paused because of a fault and does not resume by itself';
    case 'session_suspended':
      return 'has been waiting for 30 minutes';
  }
}
