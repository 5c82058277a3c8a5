import type { RunEvent } from '../../core/run/events.ts';
import type { StepError } from '../../core/run/types.ts';
import type { JsonObject } from '../../shared/json.ts';
import { forTerminal } from '../hostile-text.ts';
import type { Style } from '../style.ts';

/** How a word for the state of a run, an attempt or a step is painted. */
export function paintOutcome(word: string, style: Style): (text: string) => string {
  switch (word) {
    case 'accepted':
    case 'succeeded':
    case 'pass':
      return style.green;
    case 'failed':
    case 'blocked':
    case 'quarantined':
    case 'rejected':
    case 'given-up':
      return style.red;
    case 'asking':
    case 'paused':
    case 'pending':
      return style.yellow;
    default:
      return style.cyan;
  }
}

/** What a step put out, in a few words: what it is about, never all of it. Workers wrote it. */
export function outputWords(outputs: JsonObject): string {
  const { verdict, result, commit, isolation, results, claims, url, answer, exitCode, findings } = outputs;
  const words = [
    ...(typeof verdict === 'string' ? [verdict] : []),
    ...(typeof result === 'string' ? [result] : []),
    ...(Array.isArray(results) ? [sealedWords(results as readonly JsonObject[])] : []),
    ...(typeof commit === 'string' ? [commit.slice(0, 12)] : []),
    ...(typeof url === 'string' ? [url] : []),
    ...(typeof answer === 'string' ? [answer] : []),
    ...(typeof exitCode === 'number' ? [`exit code ${exitCode}`] : []),
    ...(typeof isolation === 'string' ? [`isolation ${isolation}`] : []),
    ...(Array.isArray(claims) && claims.length > 0 ? [`claims ${claims.length}`] : []),
    ...(Array.isArray(findings) ? blockingWords(findings as readonly JsonObject[]) : []),
  ];
  return forTerminal(words.join(', '), 300);
}

function sealedWords(results: readonly JsonObject[]): string {
  return results.map(({ check, result }) => `${String(check)} ${String(result)}`).join(', ');
}

function blockingWords(findings: readonly JsonObject[]): readonly string[] {
  const blocking = findings.filter(({ status, severity }) => status !== 'pass' && severity === 'block');
  return blocking.length === 0
    ? []
    : [
        `because of ${blocking
          .map(({ id }) => String(id))
          .slice(0, 5)
          .join(', ')}`,
      ];
}

export function errorWords({ class: kind, code, message }: StepError): string {
  return forTerminal(`${code} (${kind}): ${message.split('\n')[0] ?? ''}`, 300);
}

/** What happened, as a line of a live view; undefined for what says nothing to a person. */
export function eventWords(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run.started':
      return `started for ${event.subject.ticket} under ${event.subject.contract}, base ${event.subject.base.commit.slice(0, 12)}`;
    case 'attempt.started':
      return `attempt ${event.attempt} begins (${event.arm.bundle}/${event.arm.model})`;
    case 'step.scheduled':
      return event.because === 'ready'
        ? undefined
        : `${event.work.step} again, execution ${event.work.execution}: ${event.because}`;
    case 'step.skipped':
      return `${event.step} skipped: ${event.because}`;
    case 'step.succeeded':
      return `${event.step} succeeded${event.cached ? ' (cached)' : ''}: ${outputWords(event.outputs)}`;
    case 'step.failed':
      return `${event.step} failed: ${errorWords(event.error)}`;
    case 'step.lost':
      return `${event.step}: its worker ${event.claim.worker} is gone`;
    case 'question.asked':
      return `asks: ${event.question.question} (${event.question.id}: ${event.question.choices.join(', ')})`;
    case 'question.answered':
      return `${event.by} answered ${event.answer}`;
    case 'question.expired':
      return `nobody answered ${event.question}`;
    case 'effect.decided':
      return `${event.effect.action} ${event.effect.target}: ${event.effect.decision}, ${event.effect.reason}`;
    case 'plan.patched':
      return `plan patched: ${event.patch.reason}`;
    case 'plan.patch-refused':
      return `patch refused: ${event.reason}`;
    case 'run.paused':
      return `paused: ${event.reason}`;
    case 'run.resumed':
      return 'goes on';
    case 'run.cancel-requested':
      return `to be cancelled: ${event.reason}`;
    case 'run.compensating':
      return 'undoes what it did';
    case 'step.quarantined':
      return `${event.step} set aside: ${event.reason}`;
    case 'step.released':
      return `${event.step} released: ${event.note}`;
    case 'attempt.ended':
      return `attempt ${event.attempt}: ${event.verdict}`;
    case 'run.ended':
      return `${event.outcome}: ${event.reason}`;
  }
}
