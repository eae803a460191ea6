/**
 * The reason for a failed request, if the published message does not contain it: bodies hold only
 * the published fields.
 */
export const REASON_HEADER = 'Sky-Scan-Reason';
