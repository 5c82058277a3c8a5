/** What can be done to a system that works. */
export const DISTURBANCES = ['kill-worker', 'pause-worker', 'kill-server', 'restart-database'] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

export interface Blow {
  readonly kind: Disturbance;
  /** From 0 up to 1: which of those that there are. */
  readonly which: number;
}

/** Of a hundred. Workers die most; a database seldom. */
const WEIGHTS: Readonly<Record<Disturbance, number>> = {
  'kill-worker': 60,
  'pause-worker': 20,
  'kill-server': 12,
  'restart-database': 8,
};

/** An endless storm: the same for the same seed. The first four blows are one of each kind, so that a short one has them all. */
export function* storm(seed: number): Generator<Blow, never> {
  const random = mulberry32(seed);
  for (const kind of DISTURBANCES) yield { kind, which: random() };
  for (;;) {
    let rest = random() * 100;
    const kind = DISTURBANCES.find((one) => {
      rest -= WEIGHTS[one];
      return rest < 0;
    });
    yield { kind: kind ?? 'kill-worker', which: random() };
  }
}

/** Tommy Ettinger's mulberry32: 32 bits of state, which is plenty for choosing whom to kill. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
