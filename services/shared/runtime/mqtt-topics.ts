/** The topics below the base topic (`MQTT_BASE_TOPIC`, default `skyscan`); docs/mqtt.md describes them for others. */
export interface Topics {
  sessionPoints(sessionId: number): string;
  sessionStatus(sessionId: number): string;
  rotorPosition(rotorId: number): string;
  rotorCharacterisation(rotorId: number): string;
  serviceStatus(name: string): string;
  /** Subscriptions: every session's points, every session's status. */
  allPoints: string;
  allStatuses: string;
  /** Which session's message this is; undefined for any other topic. */
  parseSession(topic: string): { sessionId: number; leaf: 'points' | 'status' } | undefined;
  /** Whose position this is; undefined for any other topic. */
  parseRotorPosition(topic: string): number | undefined;
}

export function createTopics(base = 'skyscan'): Topics {
  const escaped = base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const session = new RegExp(`^${escaped}/sessions/([1-9]\\d{0,9})/(points|status)$`);
  const position = new RegExp(`^${escaped}/rotors/([1-9]\\d{0,9})/position$`);
  return {
    sessionPoints: (id) => `${base}/sessions/${id}/points`,
    sessionStatus: (id) => `${base}/sessions/${id}/status`,
    rotorPosition: (id) => `${base}/rotors/${id}/position`,
    rotorCharacterisation: (id) => `${base}/rotors/${id}/characterisation`,
    serviceStatus: (name) => `${base}/services/${name}/status`,
    allPoints: `${base}/sessions/+/points`,
    allStatuses: `${base}/sessions/+/status`,
    parseSession(topic) {
      const match = session.exec(topic);
      if (!match) return undefined;
      return { sessionId: Number(match[1]), leaf: match[2] as 'points' | 'status' };
    },
    parseRotorPosition(topic) {
      const id = position.exec(topic)?.[1];
      return id === undefined ? undefined : Number(id);
    },
  };
}
