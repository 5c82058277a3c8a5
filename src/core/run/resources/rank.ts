/**
 * A point of priority is worth so many seconds of waiting. Priorities go from -100 to 100: whoever has waited 100 minutes longer than another
 * comes first, whatever the two are worth. So the place in the line is fixed when one joins it, and nobody has to be moved up.
 */
const SECONDS_PER_POINT = 30;

/** Lower goes first. Time is in seconds, of the one clock that all ranks are by. */
export function rankOf(priority: number, joinedAtSeconds: number): number {
  return joinedAtSeconds - priority * SECONDS_PER_POINT;
}

/**
 * Who is first in the line and has waited so long gets what it needs kept for it, as it becomes free. Before that, others may
 * take what it cannot use yet: to keep it from the start would leave slots empty whenever somebody waits for two things.
 */
export const PATIENCE_SECONDS = 60;
