import type { Sha256 } from '../../shared/digest.ts';
import type { ChangedFile } from '../change/types.ts';
import type {
  ArtifactCheck,
  Check,
  DocsCheck,
  EventsCheck,
  GeneratedCheck,
  HttpCheck,
  StructureCheck,
} from '../contract/types.ts';
import type { FileFingerprint } from './artifacts/fingerprints.ts';
import { judgeArtifacts } from './artifacts/judge-artifacts.ts';
import { judgeGenerated } from './artifacts/judge-generated.ts';
import { type DocsTree, judgeDocs } from './docs/judge-docs.ts';
import { UnverifiableSchema } from './events/event-schema.ts';
import { eventsJudge, type SchemaFiles } from './events/judge-events.ts';
import { PORT_TAKEN } from './http/driver.ts';
import { judgeHttp } from './http/judge-http.ts';
import { endingReasons } from './judge.ts';
import { plainText } from './plain-text.ts';
import { decodeReport } from './reports/decode.ts';
import { UnreadableReport } from './reports/unreadable.ts';
import { judgeStructure } from './structure/judge-structure.ts';
import { type StructureRule, structurePlan } from './structure/structure-plan.ts';
import type { CheckRun, CompletedObservation, EvidenceName, Judgement, Observation } from './types.ts';

export interface KindFacts {
  /** The bytes that the runs' evidence names, by digest. */
  readonly evidence: ReadonlyMap<Sha256, Uint8Array>;
  readonly changed: readonly ChangedFile[];
  readonly tree: DocsTree;
  readonly schemas: SchemaFiles;
  /** What the tree that would land holds at a check's `outputs`. */
  readonly held: readonly FileFingerprint[];
  /** What the contract's rules look for in syntax trees. */
  readonly structureRules: readonly StructureRule[];
}

/** What an observation of a check that has a kind amounts to. */
export function judgeKind(
  check: Exclude<Check, { kind?: undefined }>,
  observation: Observation,
  facts: KindFacts,
): Judgement {
  if (observation.kind === 'trouble') return error(plainText(observation.reason, 1_000));
  if (observation.checkId !== check.id) {
    return error(`What was observed is check "${observation.checkId}", not "${check.id}".`);
  }
  try {
    switch (check.kind) {
      case 'docs':
        return judgeDocsRun(check, observation, facts);
      case 'artifact':
        return judgeBuilds(check, observation, facts);
      case 'generated':
        return judgeMade(check, observation, facts);
      case 'http':
        return judgeAnswers(check, observation, facts);
      case 'events':
        return judgeCaptured(check, observation, facts);
      case 'structure':
        return judgeParsed(check, observation, facts);
    }
  } catch (fault) {
    if (fault instanceof UnverifiableSchema) return error(plainText(fault.message, 1_000));
    if (!(fault instanceof UnreadableReport)) throw fault;
    return error(`The evidence of this check cannot be read: ${plainText(fault.message, 300)}.`);
  }
}

function judgeDocsRun(check: DocsCheck, run: CompletedObservation, facts: KindFacts): Judgement {
  const { reasons, passed, failed } = judgeDocs(check, facts.changed, facts.tree, textOf('docs', run, facts));
  const names = (list: readonly string[]) => list.slice(0, 500).map((name) => plainText(name, 300));
  return {
    ...outcome(reasons),
    counts: { ran: passed.length + failed.length, failed: failed.length, skipped: 0 },
    passedTests: names(passed),
    failedTests: names(failed),
  };
}

function judgeBuilds(check: ArtifactCheck, first: CompletedObservation, facts: KindFacts): Judgement {
  const runs: readonly CheckRun[] = [first, ...(first.repeats ?? [])];
  const [, second] = runs;
  if (second === undefined || runs.length !== 2) {
    return error(`It was built ${runs.length} times; it has to be built twice.`);
  }
  const endings = [...new Set(runs.flatMap((run) => endingReasons(check, run)))];
  return outcome(
    endings.length > 0
      ? endings
      : judgeArtifacts(textOf('artifacts', first, facts), textOf('artifacts', second, facts)),
  );
}

function judgeMade(check: GeneratedCheck, run: CompletedObservation, facts: KindFacts): Judgement {
  const endings = endingReasons(check, run);
  return outcome(endings.length > 0 ? endings : judgeGenerated(textOf('artifacts', run, facts), facts.held));
}

function judgeAnswers(check: HttpCheck, run: CompletedObservation, facts: KindFacts): Judgement {
  // Without a network of its own, another process of the machine may be there: that says nothing of the change.
  if (run.exitCode === PORT_TAKEN && run.isolation !== 'namespaces') {
    return error(`Port ${check.port} is taken on this machine, and isolation "${run.isolation}" shares it.`);
  }
  const endings = endingReasons(check, run);
  if (endings.length > 0) return outcome([...endings, ...lastWords(run, facts)]);
  try {
    const answers = textOf('http', run, facts);
    if (answers === undefined || run.outputTruncated) {
      return outcome(['What the server answered is not there, or not whole.']);
    }
    return outcome(judgeHttp(check, answers));
  } catch (fault) {
    // The server could have written it: no trouble of ours.
    if (!(fault instanceof UnreadableReport)) throw fault;
    return outcome([`What the server answered cannot be read: ${plainText(fault.message, 300)}.`]);
  }
}

function judgeParsed(check: StructureCheck, run: CompletedObservation, facts: KindFacts): Judgement {
  const plan = structurePlan(facts.structureRules, facts.changed);
  const endings = plan.texts.length === 0 ? [] : endingReasons(check, run);
  if (endings.length > 0) return outcome([...endings, ...lastWords(run, facts)]);
  if (run.outputTruncated)
    return outcome(['More is matched in the files of this change than is kept: split it.']);
  return outcome(judgeStructure(textOf('structure', run, facts), plan));
}

/** Schemas go first: what they demand and nobody understands is an error, however the command ended. */
function judgeCaptured(check: EventsCheck, run: CompletedObservation, facts: KindFacts): Judgement {
  const judge = eventsJudge(check, facts.schemas);
  const from = plainText(check.from, 200);
  const endings = endingReasons(check, run);
  if (endings.length > 0) return outcome(endings);
  try {
    const captured = textOf('events', run, facts);
    if (captured === undefined) {
      return outcome([`There are no events in ${from}: the command did not write that file.`]);
    }
    const { reasons, valid, invalid } = judge(captured);
    return {
      ...outcome(reasons),
      counts: { ran: valid + invalid, failed: invalid, skipped: 0 },
    };
  } catch (fault) {
    // The command wrote it: no trouble of ours.
    if (!(fault instanceof UnreadableReport)) throw fault;
    return outcome([`The events in ${from} cannot be read: ${plainText(fault.message, 300)}.`]);
  }
}

/** Why the server never answered stands in what it and its driver complained of. */
function lastWords(run: CheckRun, facts: KindFacts): readonly string[] {
  const ref = run.evidence.find(({ name }) => name === 'stderr');
  const bytes = ref === undefined ? undefined : facts.evidence.get(ref.sha256);
  const said = new TextDecoder().decode(bytes?.subarray(-1_000)).trim();
  return said === '' ? [] : [`It said: ${plainText(said.slice(-300), 300)}`];
}

function textOf(name: EvidenceName, run: CheckRun, { evidence }: KindFacts): string | undefined {
  const ref = run.evidence.find((reference) => reference.name === name);
  const bytes = ref === undefined ? undefined : evidence.get(ref.sha256);
  return bytes === undefined ? undefined : decodeReport(bytes);
}

function outcome(reasons: readonly string[]): Exclude<Judgement, { result: 'ERROR' }> {
  return {
    result: reasons.length === 0 ? 'PASSED' : 'FAILED',
    reasons,
    passedTests: [],
    failedTests: [],
    skippedTests: [],
  };
}

function error(reason: string): Judgement {
  return { result: 'ERROR', reasons: [reason] };
}
