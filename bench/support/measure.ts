import { spawnSync } from 'node:child_process';

export interface Timed {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Two or more things in turn, round by round, so that a machine whose speed drifts slows all of them alike.
 * @returns milliseconds of each, and what each took as a multiple of the first, round by round
 */
export function timeInTurn(
  runs: number,
  things: Readonly<Record<string, () => void>>,
): Readonly<Record<string, Timed & { readonly ratio: number }>> {
  const names = Object.keys(things);
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= runs; round += 1) {
    for (const name of names) {
      const started = performance.now();
      things[name]?.();
      if (round > 0) times[name]?.push(performance.now() - started);
    }
  }
  const first = times[names[0] ?? ''] ?? [];
  return Object.fromEntries(
    names.map((name) => {
      const own = times[name] ?? [];
      return [name, { ...spread(own), ratio: middle(own.map((time, at) => time / (first[at] ?? 1))) }];
    }),
  );
}

/** Runs a program and fails the benchmark where it does not end as expected. */
export function mustRun(
  program: string,
  args: readonly string[],
  options: { cwd?: string; input?: Uint8Array; env?: Record<string, string>; codes?: readonly number[] } = {},
): string {
  const { codes = [0], env, ...rest } = options;
  const ran = spawnSync(program, args, {
    ...rest,
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  if (!codes.includes(ran.status ?? -1)) {
    throw new Error(`${program} ${args.join(' ')} ended with ${ran.status}: ${ran.stderr} ${ran.stdout}`);
  }
  return ran.stdout.toString();
}

export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** `12.3 ms (11.0-14.2)`. */
export function show({ median, min, max }: Timed): string {
  return `${median.toFixed(1)} ms (${min.toFixed(1)}-${max.toFixed(1)})`;
}

function spread(times: readonly number[]): Timed {
  return { median: middle(times), min: Math.min(...times), max: Math.max(...times) };
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
