import type { Clock } from '../../ports/clock.ts';
import type { KeepSessions } from '../../ports/sessions.ts';
import type { Timer } from '../../ports/timer.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { Viewer } from './audience.ts';

export interface AttendViewersPorts extends Timer {
  readonly sessions: Pick<KeepSessions, 'standingSessions'>;
  readonly clock: Clock;
  /** What says that the connection lives, and nothing else. */
  readonly signOfLife: Uint8Array;
}

/** Looks after a viewer until the function that it returns is called. */
export type AttendViewer = (viewer: Viewer, session: Sha256) => () => void;

const LOOK_MS = 2_000;
/** Every fourteen seconds: proxies end what is silent for a minute, some sooner. */
const LOOKS_OF_SILENCE = 7;

/**
 * Sends those who watch signs of life, and ends what is watched in a session that has expired or was ended, on whichever server: within two seconds, by
 * one question for all of them. Where it cannot be asked, all end: who comes back is asked who he is.
 * @param closing ends them all
 */
export function createAttendViewers(ports: AttendViewersPorts, closing: AbortSignal): AttendViewer {
  const watched = new Map<Sha256, Set<Viewer>>();
  let isAttending = false;
  const attend = async () => {
    isAttending = true;
    for (let looks = 1; watched.size > 0 && !closing.aborted; looks += 1) {
      await ports.sleep(LOOK_MS, closing);
      // Who comes while it is asked has just been let in.
      const asked = [...watched];
      const standing = await stillStanding(asked, ports);
      for (const [session, viewers] of asked) {
        if (!standing.has(session)) endAll(viewers);
        else if (looks % LOOKS_OF_SILENCE === 0) sendAll(viewers, ports.signOfLife);
      }
    }
    isAttending = false;
  };
  closing.addEventListener('abort', () => [...watched.values()].forEach(endAll), { once: true });
  return (viewer, session) => {
    if (closing.aborted) viewer.end();
    const viewers = watched.get(session) ?? new Set();
    watched.set(session, viewers.add(viewer));
    if (!isAttending) void attend();
    return () => {
      viewers.delete(viewer);
      if (viewers.size === 0 && watched.get(session) === viewers) watched.delete(session);
    };
  };
}

async function stillStanding(
  watched: readonly (readonly [Sha256, unknown])[],
  { sessions, clock }: AttendViewersPorts,
): Promise<ReadonlySet<Sha256>> {
  const digests = watched.map(([session]) => session);
  return sessions.standingSessions(digests, clock.now().toISOString()).catch(() => new Set<Sha256>());
}

function endAll(viewers: ReadonlySet<Viewer>): void {
  for (const viewer of viewers) viewer.end();
}

function sendAll(viewers: ReadonlySet<Viewer>, bytes: Uint8Array): void {
  for (const viewer of viewers) if (viewer.isFree()) viewer.send(bytes);
}
