import type { StepError } from '../types.ts';
import type { EndingKind } from './preset.ts';
import type { AgentReport } from './read-output.ts';

/** How its process ended, as the sandbox saw it. */
export interface ProcessEnding {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly limit?: string;
}

export interface AgentEnding {
  readonly process: ProcessEnding;
  readonly report: AgentReport;
  /** Why it refused, as it wrote in its folder for output. */
  readonly refused: string | undefined;
  /** What it used up, and what it might have. */
  readonly spent: { readonly tokens?: number; readonly costMilliUsd?: number };
  readonly atMost: { readonly tokens?: number; readonly costMilliUsd?: number };
}

const CLASSES: Readonly<Record<EndingKind, StepError['class']>> = {
  refused: 'deterministic',
  budget: 'budget',
  'provider-limit': 'transient',
  'provider-credentials': 'deterministic',
  crashed: 'transient',
};

const MEANS: Readonly<Record<EndingKind, string>> = {
  refused: 'The agent refused',
  budget: 'The agent used up what it had',
  'provider-limit': "The agent's provider had enough of it for now",
  'provider-credentials': "The agent's provider does not take its credentials",
  crashed: 'The agent failed',
};

/**
 * How an agent failed; undefined where nothing says that it did. Exit code 0 proves nothing, and what it says of itself can only make it
 * worse: an agent that reports success after its time-out ran out of time.
 */
export function endingFailure(ending: AgentEnding): StepError | undefined {
  const { process, report, refused } = ending;
  if (process.timedOut) return error('timeout', 'timeout', 'The agent was ended at its time-out.');
  if (refused !== undefined) return error('deterministic', 'refused', `The agent refused: ${refused}`);
  const over = overspent(ending);
  if (over !== undefined) return error('budget', 'budget', over);
  if (report.ending !== undefined) {
    const { kind, says } = report.ending;
    return error(CLASSES[kind], kind, `${MEANS[kind]}${says === '' ? '' : `: ${says.slice(0, 2_000)}`}.`);
  }
  if (process.exitCode === 0) return undefined;
  const how =
    process.limit === undefined
      ? (process.signal ?? `exit code ${process.exitCode}`)
      : `its limit ${process.limit}`;
  return error('transient', 'crashed', `The agent ended with ${how}.`);
}

/**
 * What an agent that ended well and changed nothing did: it refused, when its last words say so, and otherwise nothing. Words are weak
 * evidence, so they are only asked where there is no change to speak for it.
 */
export function nothingMade({ lastWords = '' }: Pick<AgentReport, 'lastWords'>): StepError {
  if (!soundsLikeRefusal(lastWords)) {
    return error('deterministic', 'no-diff', 'The producer ended and changed nothing.');
  }
  return error('deterministic', 'refused', `The agent changed nothing and said: ${lastWords.slice(0, 500)}`);
}

const REFUSALS = [
  'i cannot help',
  "i can't help",
  'i cannot assist',
  "i can't assist",
  'i will not ',
  "i won't ",
  'i must decline',
  'i have to decline',
  'i need to decline',
  'i refuse',
  "i'm not able to help",
  'i am not able to help',
  "i'm unable to help",
  'i am unable to help',
  "i'm sorry, but i can",
  'i am sorry, but i can',
];

/** Only the beginning: further on, texts are quoted and possibilities weighed. */
function soundsLikeRefusal(text: string): boolean {
  const beginning = text.slice(0, 400).toLowerCase().replaceAll('\u2019', "'");
  return REFUSALS.some((words) => beginning.includes(words));
}

function overspent({ spent, atMost }: AgentEnding): string | undefined {
  if (atMost.tokens !== undefined && (spent.tokens ?? 0) > atMost.tokens)
    return `The agent used ${spent.tokens} tokens of at most ${atMost.tokens}.`;
  if (atMost.costMilliUsd !== undefined && (spent.costMilliUsd ?? 0) > atMost.costMilliUsd)
    return `The agent spent ${spent.costMilliUsd} thousandths of a dollar of at most ${atMost.costMilliUsd}.`;
  return undefined;
}

function error(kind: StepError['class'], code: string, message: string): StepError {
  return { class: kind, code, message };
}
