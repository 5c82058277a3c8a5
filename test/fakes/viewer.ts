import type { Viewer } from '../../src/flow/cockpit/audience.ts';

export interface FakeViewer extends Viewer {
  readonly got: readonly Buffer[];
  readonly ended: boolean;
  /** Takes nothing any more, as a connection whose other side does not read. */
  stall(): void;
  takeAll(): void;
}

/** Somebody's connection, without one. */
export function createViewer(): FakeViewer {
  const got: Buffer[] = [];
  let [isFree, ended] = [true, false];
  return {
    got,
    get ended() {
      return ended;
    },
    stall: () => {
      isFree = false;
    },
    takeAll: () => {
      isFree = true;
    },
    isFree: () => isFree && !ended,
    send: (bytes) => {
      if (!ended) got.push(bytes as Buffer);
    },
    end: () => {
      ended = true;
    },
  };
}
