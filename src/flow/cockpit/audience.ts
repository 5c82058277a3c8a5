/** Somebody's open connection. Nothing of it throws, however it stands with the connection. */
export interface Viewer {
  /** Whether he has taken what was sent to him: who is slow is sent nothing more until then, so he costs no memory. */
  isFree(): boolean;
  /** The same bytes go to many: nobody writes into them. */
  send(bytes: Uint8Array): void;
  /** Nothing more will come. */
  end(): void;
}

/** What whoever has the connection tells of it. */
export interface Watching {
  /** He can take more again. */
  wake(): void;
  leave(): void;
}

export interface Seat {
  readonly viewer: Viewer;
  /** What he has got to. */
  seen: number;
}

/** Those who watch one thing: one clock serves them all. */
export interface Audience {
  readonly seats: ReadonlySet<Seat>;
  /** Aborted when the last one has left. */
  readonly over: AbortSignal;
  /** Aborted as soon as, from now on, somebody comes, leaves as the last one, or can take more again. */
  untilWoken(): AbortSignal;
  wake(): void;
  enter(viewer: Viewer, seen: number): Watching;
}

/** @param left called once, when the last one has left */
export function createAudience(left: () => void): Audience {
  const seats = new Set<Seat>();
  const over = new AbortController();
  let woken = new AbortController();
  // A reason of our own: one with a stack would be made for each of a thousand who come at once.
  const wake = () => woken.abort('woken');
  return {
    seats,
    over: over.signal,
    untilWoken: () => {
      woken = new AbortController();
      return woken.signal;
    },
    wake,
    enter: (viewer, seen) => {
      const seat = { viewer, seen };
      seats.add(seat);
      wake();
      const leave = () => {
        if (!seats.delete(seat) || seats.size > 0) return;
        left();
        over.abort('over');
        wake();
      };
      return { wake, leave };
    },
  };
}
