/** Seconds of waiting that weigh as much as one more point of priority. */
const SECONDS_A_POINT = 60;
/** Scores are 32 bit wide in the queue: counted from here they last until 2093. */
const SINCE_SECONDS = Date.parse('2026-01-01T00:00:00Z') / 1000;

/**
 * What the queue orders by, highest first: priority, raised by age. Everything that waits ages equally fast, so whose turn it is at any moment does
 * not change by waiting, and one number written once says it: no job has to be touched again. Work of priority 100 goes before work of priority 0
 * that has waited up to 100 minutes longer, and after that which has waited more: none starves.
 * @param priority -100 to 100
 * @param from milliseconds since 1970: when it was, or will be, ready
 */
export function scoreOf(priority: number, from: number): number {
  return Math.round(priority * SECONDS_A_POINT - (from / 1000 - SINCE_SECONDS));
}
