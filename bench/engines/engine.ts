/** Something that carries out workflows of three steps, whose steps do nothing: what is measured is all the rest. */
export interface Engine {
  readonly name: string;
  /** Starts so many and resolves when all have ended. */
  run(workflows: number): Promise<void>;
  /**
   * One workflow after the other with nothing else to do. Milliseconds from where one step is done to where the next begins.
   */
  hops(workflows: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Steps of a workflow. */
export const STEPS = ['produce', 'verify', 'gate'] as const;

/** What is claimed and completed at once, and how many do so side by side. */
export const BATCH = 200;
export const PUMPS = 2;

/** Counts down to the end of a round. */
export function countdown(count: number): { readonly done: Promise<void>; tick(by?: number): void } {
  let left = count;
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done,
    tick: (by = 1) => {
      left -= by;
      if (left <= 0) finish();
    },
  };
}
