import type { Router } from 'express';
import { parseId } from '#contract/ids';
import { alertRuleRequestSchema, type AlertRuleRequest } from '#contract/rest/alerts';
import { publishedRule } from '../alerts/published-alerts.ts';
import {
  changeRule,
  deleteRule,
  findRule,
  insertRule,
  listRules,
  missingChannels,
  type RuleRow,
} from '../store/alerts/rules.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import type { AlertRouteParts } from './alerts.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';

/** `/api/alert-rules*`. */
export function alertRuleRoutes(router: Router, { db, wakeAlerts }: AlertRouteParts): void {
  const ruleOf = async (text: unknown): Promise<RuleRow> => {
    const id = parseId(text);
    const rule = id === undefined ? undefined : await findRule(db, id);
    if (!rule) throw notFound();
    return rule;
  };

  /** The rule of a body, with channels and a schedule that exist. */
  const parsed = async (body: unknown): Promise<AlertRuleRequest> => {
    const rule = parseOr422(alertRuleRequestSchema, body, 'body');
    if (rule.schedule_id !== null && !(await findSchedule(db, rule.schedule_id)))
      throw missing(['schedule_id'], `There is no schedule ${rule.schedule_id}`);
    const [channel] = await missingChannels(db, rule.channel_ids);
    if (channel !== undefined)
      throw missing(['channel_ids', rule.channel_ids.indexOf(channel)], `There is no channel ${channel}`);
    return rule;
  };

  resource(router, '/api/alert-rules', {
    get: async (_request, response) => {
      response.json((await listRules(db)).map(publishedRule));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const rule = await insertRule(db, await parsed(request.body));
        response.status(201).location(`/api/alert-rules/${rule.id}`).json(publishedRule(rule));
      },
    ],
  });

  resource(router, '/api/alert-rules/:rule_id', {
    get: async (request, response) => {
      response.json(publishedRule(await ruleOf(request.params['rule_id'])));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const { id } = await ruleOf(request.params['rule_id']);
        const rule = await changeRule(db, id, await parsed(request.body));
        if (!rule) throw notFound();
        response.json(publishedRule(rule));
      },
    ],
    delete: async (request, response) => {
      const { id } = await ruleOf(request.params['rule_id']);
      await deleteRule(db, id);
      wakeAlerts();
      response.status(204).end();
    },
  });
}

function notFound(): HttpError {
  return new HttpError(404, 'Rule not found');
}

function missing(path: (string | number)[], msg: string): HttpError {
  return new HttpError(422, [{ loc: ['body', ...path], msg, type: 'missing' }]);
}
