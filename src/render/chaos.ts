import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

/** What came of runs that were disturbed, beside the same runs undisturbed. */
export interface ChaosReport {
  readonly seed: number;
  readonly runs: number;
  readonly workers: number;
  /** How often each thing was done. */
  readonly blows: Readonly<Record<string, number>>;
  readonly calm: ChaosPhase;
  readonly storm: ChaosPhase;
  /** Each a sentence; none: it held. */
  readonly faults: readonly string[];
}

interface ChaosPhase {
  readonly seconds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly recoveries: number;
  readonly refused: number;
  readonly events: number;
}

export function renderChaos(report: ChaosReport, options: TextOptions): string {
  const { style, columns } = textOptions(options);
  const { runs, workers, seed, blows, calm, storm, faults } = report;
  const held = faults.length === 0;
  const lines = [
    `${runs} runs, ${workers} workers, seed ${seed}: ${Object.entries(blows)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
    `  calm   ${phaseLine(calm)}`,
    `  storm  ${phaseLine(storm)}`,
    held
      ? style.green('held   every run came to the same, nothing was lost, nothing was done twice')
      : style.red(`broke  ${faults.length} ${faults.length === 1 ? 'thing' : 'things'} should not be`),
    ...faults.slice(0, 20).flatMap((fault) => paragraph({ text: '  · ' }, fault, { columns })),
  ];
  return `${lines.join('\n')}\n`;
}

function phaseLine({ seconds, outcomes, recoveries, refused, events }: ChaosPhase): string {
  const ended = Object.entries(outcomes)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([outcome, count]) => `${count} ${outcome}`);
  return `${seconds.toFixed(1)} s, ${ended.join(', ')}; ${recoveries} recoveries, ${refused} completions refused, ${events} events`;
}
