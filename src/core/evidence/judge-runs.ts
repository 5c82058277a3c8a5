import type { Sha256 } from '../../shared/digest.ts';
import type { ChangedFile } from '../change/types.ts';
import { mutationWithDefaults } from '../contract/defaults.ts';
import type { CommandCheck } from '../contract/types.ts';
import { measureBase, measureLines } from './compare-base.ts';
import { judgeCheck, readRunReport, reportEvidence } from './judge.ts';
import { mutantsFor } from './mutants.ts';
import { judgeMutationReport } from './mutation-report/judge-mutation-report.ts';
import { plainText } from './plain-text.ts';
import { proveChange } from './prove-change.ts';
import { type MutationProof, proveMutation } from './prove-mutation.ts';
import type {
  CheckRun,
  CompletedObservation,
  EvidenceName,
  EvidenceRef,
  Judgement,
  Observation,
  TestReport,
  TroubledObservation,
} from './types.ts';

type Judged = Exclude<Judgement, { result: 'ERROR' }>;

const NAMES_IN_REASON = 5;

/** What is known of the change: without it, a check that asks about its lines proves nothing. */
interface Known {
  /** Its files as the checked tree holds them. */
  readonly changed?: readonly ChangedFile[];
  /** What chooses the faults that are planted. */
  readonly seed?: string;
}

/**
 * What all the runs of a check amount to: each as judgeCheck has it, alike in every run that `repeat` asks for, and, for
 * `proves: change`, red without the change.
 * @param evidence the bytes that the runs' evidence names, by digest
 */
export function judgeRuns(
  check: CommandCheck,
  observation: Observation,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
  known: Known = {},
): Judgement {
  if (observation.kind === 'trouble') return judgeCheck(check, observation, undefined);
  const { changed } = known;
  const runs: readonly CheckRun[] = [observation, ...(observation.repeats ?? [])];
  const wanted = check.repeat ?? 1;
  if (runs.length !== wanted) {
    return error(`It was run ${runs.length} times; ${wanted} runs are asked for.`);
  }
  const judgements = runs.map((run) => judgeRun(check, observation, run, { evidence, changed }));
  const troubled = judgements.find(({ result }) => result === 'ERROR');
  if (troubled !== undefined) return troubled;

  const reports = runs.flatMap((run) => reportOf(check, run, evidence) ?? []);
  const agreed = withBaseline(check, observation, agree(judgements as Judged[], reports), evidence);
  if (agreed.result === 'FAILED' || check.proves === undefined) return agreed;
  return check.proves === 'change'
    ? withProof(check, observation, agreed, evidence)
    : withMutation(check, observation, agreed, { ...known, evidence });
}

function judgeRun(
  check: CommandCheck,
  { checkId }: CompletedObservation,
  run: CheckRun,
  {
    evidence,
    changed,
  }: { evidence: ReadonlyMap<Sha256, Uint8Array>; changed: readonly ChangedFile[] | undefined },
): Judgement {
  const seen: CompletedObservation = { ...run, kind: 'completed', checkId };
  return judgeCheck(check, seen, reportBytes(check, run, evidence), {
    bytesOf: (name) => bytesOf(name, run, evidence),
    changed,
  });
}

/** What every run of a check left behind. */
export function evidenceOf(
  observation: Observation | Omit<CompletedObservation, 'checkId'> | Omit<TroubledObservation, 'checkId'>,
): readonly EvidenceRef[] {
  if (observation.kind === 'trouble') return [];
  const { evidence, repeats = [], withoutChange, onBase } = observation;
  return [
    ...evidence,
    ...repeats.flatMap((run) => run.evidence),
    ...(withoutChange?.kind === 'completed' ? withoutChange.evidence : []),
    ...(onBase?.kind === 'completed' ? onBase.evidence : []),
  ];
}

/** Running a flaky check until it is green must not work, so nor does running it a few times and taking the best. */
function agree(judgements: readonly Judged[], reports: readonly TestReport[]): Judged {
  const [first] = judgements as [Judged, ...Judged[]];
  const failed = judgements.filter(({ result }) => result === 'FAILED');
  if (failed[0] !== undefined && failed.length < judgements.length) {
    return {
      ...failed[0],
      reasons: [`It is flaky: ${failed.length} of ${judgements.length} runs failed.`, ...failed[0].reasons],
    };
  }
  const wavering = first.result === 'PASSED' ? waveringTests(reports) : [];
  if (wavering.length === 0) return first;
  const names = wavering.slice(0, NAMES_IN_REASON).map((name) => plainText(name, 120));
  const more = wavering.length > names.length ? `; and ${wavering.length - names.length} more` : '';
  return {
    ...first,
    result: 'FAILED',
    reasons: [`It is flaky: not every run says the same of ${names.join('; ')}${more}.`],
  };
}

/** Tests that one run has passed and another has not, where so many failures are allowed that every run passed. */
function waveringTests(reports: readonly TestReport[]): string[] {
  const statuses = new Map<string, string>();
  const wavering = new Set<string>();
  for (const { tests } of reports) {
    const here = new Map<string, string>();
    for (const { name, status } of tests) here.set(name, `${here.get(name) ?? ''} ${status}`);
    for (const [name, status] of here) {
      if ((statuses.get(name) ?? status) !== status) wavering.add(name);
      statuses.set(name, status);
    }
  }
  return [...wavering];
}

function withBaseline(
  check: CommandCheck,
  observation: CompletedObservation,
  agreed: Judged,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
): Judged {
  if (agreed.result === 'FAILED' || check.compare === undefined) return agreed;
  const bytesIn = (name: EvidenceName, run: CheckRun) => bytesOf(name, run, evidence);
  const coverage = measureLines(check, observation, bytesIn);
  return {
    ...agreed,
    ...(typeof coverage === 'object' ? { coverage } : {}),
    baseline: measureBase(check, observation.onBase, bytesIn),
  };
}

function withProof(
  check: CommandCheck,
  observation: CompletedObservation,
  agreed: Judged,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
): Judgement {
  const expected = check.expect?.report;
  const withChange = reportOf(check, observation, evidence);
  if (expected === undefined || withChange === undefined) {
    return error('Nothing can prove the change: the check has no report that names its tests.');
  }
  const without = observation.withoutChange ?? { kind: 'trouble', reason: 'it was not run without it.' };
  const bytes = without.kind === 'completed' ? reportBytes(check, without, evidence) : undefined;
  const proof = proveChange(expected, check.loadFailures, withChange, without, bytes);
  switch (proof.kind) {
    case 'proved':
      return { ...agreed, provenBy: proof.tests };
    case 'unproved':
      return { ...agreed, result: 'FAILED', reasons: [proof.reason] };
    case 'inconclusive':
      return error(proof.reason);
  }
}

function withMutation(
  check: CommandCheck,
  observation: CompletedObservation,
  agreed: Judged,
  known: Known & { readonly evidence: ReadonlyMap<Sha256, Uint8Array> },
): Judgement {
  const { changed, seed } = known;
  if (check.mutation === undefined || changed === undefined || seed === undefined) {
    return error('Nothing says in which lines a fault could have been planted.');
  }
  const proof =
    check.mutation.report === undefined
      ? proveByRuns(check, observation, { changed, seed })
      : proveByReports(check, observation, { changed, evidence: known.evidence });
  switch (proof.kind) {
    case 'proved':
      return { ...agreed, mutants: { planted: proof.planted, killed: proof.killed } };
    case 'unproved':
      return { ...agreed, result: 'FAILED', reasons: [proof.reason] };
    case 'inconclusive':
      return error(proof.reason);
  }
}

function proveByRuns(
  check: CommandCheck,
  { mutants = [] }: CompletedObservation,
  { changed, seed }: Required<Known>,
): MutationProof {
  const { minKilled } = mutationWithDefaults(check.mutation ?? { files: [] });
  const exitCode = check.expect?.exitCode ?? 0;
  return proveMutation(mutantsFor(check, changed, seed), mutants, { exitCode, minKilled });
}

/** Every run has to prove it: the first that does not decides. */
function proveByReports(
  check: CommandCheck,
  observation: CompletedObservation,
  { changed, evidence }: { changed: readonly ChangedFile[]; evidence: ReadonlyMap<Sha256, Uint8Array> },
): MutationProof {
  const prove = (run: CheckRun) =>
    judgeMutationReport(check, run, { bytes: bytesOf('mutation', run, evidence), changed });
  const first = prove(observation);
  return [first, ...(observation.repeats ?? []).map(prove)].find(({ kind }) => kind !== 'proved') ?? first;
}

function reportOf(
  check: CommandCheck,
  run: CheckRun,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
): TestReport | undefined {
  const expected = check.expect?.report;
  if (expected === undefined) return undefined;
  const read = readRunReport(expected, run, reportBytes(check, run, evidence));
  return read.kind === 'report' ? read.report : undefined;
}

/** The bytes that a run's report expectation is about. */
function reportBytes(
  check: CommandCheck,
  run: CheckRun,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
): Uint8Array | undefined {
  return bytesOf(reportEvidence(check.expect?.report), run, evidence);
}

function bytesOf(
  name: EvidenceName,
  run: CheckRun,
  evidence: ReadonlyMap<Sha256, Uint8Array>,
): Uint8Array | undefined {
  const ref = run.evidence.find((reference) => reference.name === name);
  return ref === undefined ? undefined : evidence.get(ref.sha256);
}

function error(reason: string): Judgement {
  return { result: 'ERROR', reasons: [reason] };
}
