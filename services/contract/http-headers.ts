/**
 * Why a request failed, where the published message does not say: bodies hold the published fields
 * and no others.
 */
export const REASON_HEADER = 'Sky-Scan-Reason';
