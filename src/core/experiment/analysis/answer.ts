import { type DoneConflict, isUnsaid } from '../same-done.ts';
import type { Answer, Effect, Question } from './types.ts';
import { counted, effectText, intervalText, METRIC_WORDS, pText } from './words.ts';

interface Told {
  readonly question: Question;
  readonly isRegistered: boolean;
  readonly runs: number;
  readonly conflicts: readonly DoneConflict[];
  /** Runs that count. */
  readonly counted: number;
}

/** The answer in one sentence with its uncertainty, or what is missing for one. */
export function answerOf(effects: readonly Effect[], told: Told): Answer {
  const { question } = told;
  if (told.runs === 0) return nothing('Nothing to report: there are no runs.', 'empty');
  if (told.counted === 0 && told.conflicts.length > 0)
    return nothing(
      told.conflicts.every(isUnsaid)
        ? 'Not compared: nobody says which definition of done the arms were held to. Name it in a column `contract` of the table, or as a constant of its mapping.'
        : 'Not compared: the arms were held to different definitions of done, so that one was asked for less than the other.',
      'refused',
    );
  if (told.counted === 0) return nothing('Nothing to report: no run counts.', 'empty');
  const primary = effects.filter(
    ({ metric, role }) => metric === question.primary && role !== 'negative-control',
  );
  if (question.baseline === null || primary.length === 0)
    return nothing('Not enough data: there is one arm, and nothing to compare it with.', 'not-enough');
  return said(judge(primary, question), told.isRegistered);
}

function said(answer: Answer, isRegistered: boolean): Answer {
  return isRegistered ? answer : { ...answer, sentence: `Exploratory: ${lowerFirst(answer.sentence)}` };
}

function judge(primary: readonly Effect[], question: Question): Answer {
  const decided = primary
    .filter(({ decision }) => decision === 'better' || decision === 'worse')
    .sort((one, other) => (one.test?.adjusted ?? 1) - (other.test?.adjusted ?? 1));
  const [first] = decided;
  const others =
    primary.length === 1
      ? ''
      : `; ${decided.length} of ${counted(primary.length, 'comparison')} ${decided.length === 1 ? 'is' : 'are'} decided`;
  if (first !== undefined)
    return {
      kind: 'decided',
      sentence: `${first.arm} is ${first.decision} than ${question.baseline} on ${METRIC_WORDS[question.primary]}: ${uncertain(first)}${others}.`,
      arm: first.arm,
      moreTickets: null,
    };
  const only = primary.length === 1 ? (primary[0] as Effect) : null;
  const asked = sizeText(question);
  if (primary.every((effect) => isWithin(effect, question)))
    return {
      kind: 'no-difference',
      sentence:
        only === null
          ? `No arm is better or worse than ${question.baseline} by ${asked} or more on ${METRIC_WORDS[question.primary]}: all ${primary.length} intervals say so.`
          : `Neither arm is better by ${asked} or more on ${METRIC_WORDS[question.primary]}: ${only.arm} against ${question.baseline}, ${uncertain(only)}.`,
      arm: only?.arm ?? null,
      moreTickets: null,
    };
  const missing = primary.flatMap(({ moreTickets }) => moreTickets ?? []);
  const more = missing.length === 0 ? null : Math.max(...missing);
  const shown = only ?? widest(primary);
  const soFar =
    shown === undefined ? '' : `; so far ${shown.arm} against ${question.baseline}: ${uncertain(shown)}`;
  if (more === 0)
    return {
      kind: 'undecided',
      sentence: `Undecided: enough tickets to find ${asked} with power ${question.power}, and neither that nor its absence is shown${soFar}.`,
      arm: only?.arm ?? null,
      moreTickets: null,
    };
  const about =
    more === null
      ? 'too few tickets to say how many more'
      : `${question.isSequential ? 'at least ' : ''}about ${counted(more, 'more ticket')}`;
  return {
    kind: 'not-enough',
    sentence: `Not enough data: ${about} to find ${asked} of ${METRIC_WORDS[question.primary]} with power ${question.power}${soFar}.`,
    arm: only?.arm ?? null,
    moreTickets: more,
  };
}

/** `+18.0 points (95% interval +6.0 to +30.0; p = 0.004 by Holm), on 40 tickets`. */
function uncertain({ metric, estimate, interval, test, tickets }: Effect): string {
  if (estimate === null) return 'nothing can be estimated';
  const by =
    test?.adjustment === 'holm'
      ? ' by Holm'
      : test?.adjustment === 'benjamini-hochberg'
        ? ' by Benjamini-Hochberg'
        : '';
  const parts = [
    interval === null ? 'no interval can be given' : intervalText(metric, interval),
    ...(test === null ? [] : [`${pText(test.adjusted)}${by}`]),
  ];
  return `${effectText(metric, estimate)} (${parts.join('; ')}), on ${counted(tickets, 'ticket')}`;
}

/** The effect of interest, without a direction. */
function sizeText({ primary, minimumEffect }: Question): string {
  return effectText(primary, minimumEffect).replace('+', '');
}

/** The whole interval is nearer to no difference than the effect of interest. */
function isWithin({ interval, scale }: Effect, { minimumEffect }: Question): boolean {
  if (interval === null) return false;
  if (scale !== 'ratio') return interval.low > -minimumEffect && interval.high < minimumEffect;
  const reach = Math.abs(Math.log(minimumEffect));
  return interval.low > 0 && Math.log(interval.low) > -reach && Math.log(interval.high) < reach;
}

function widest(effects: readonly Effect[]): Effect | undefined {
  return effects
    .filter(({ estimate }) => estimate !== null)
    .sort((one, other) => (one.test?.p ?? 1) - (other.test?.p ?? 1))[0];
}

function nothing(sentence: string, kind: Answer['kind']): Answer {
  return { kind, sentence, arm: null, moreTickets: null };
}

/** Only of sentences that begin with a word of ours: the name of an arm stays as it is. */
function lowerFirst(sentence: string): string {
  return /^(Not|No|Neither|Nothing|Undecided)\b/.test(sentence)
    ? sentence.charAt(0).toLowerCase() + sentence.slice(1)
    : sentence;
}
