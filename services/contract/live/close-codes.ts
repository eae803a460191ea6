/** Close codes of the WebSockets. */
export const CLOSE = { normal: 1000, goingAway: 1001, internal: 1011, tooSlow: 1013, unknown: 4404 };
