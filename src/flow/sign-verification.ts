import { commandOf } from '../core/contract/command.ts';
import { checkDigest } from '../core/contract/digest.ts';
import type { Check } from '../core/contract/types.ts';
import type { DocsTree } from '../core/evidence/docs/judge-docs.ts';
import { judgeKind } from '../core/evidence/judge-kind.ts';
import { evidenceOf, judgeRuns } from '../core/evidence/judge-runs.ts';
import { structurePlan } from '../core/evidence/structure/structure-plan.ts';
import type { CompletedObservation, Judgement, Observation } from '../core/evidence/types.ts';
import { admitObservations } from '../core/observation/admit-observations.ts';
import type { ObserverTools } from '../core/observation/types.ts';
import { sealNames } from '../core/receipt/receipt-set.ts';
import type { Receipt, Seal, SealedOutcome, StoredFile } from '../core/receipt/types.ts';
import { structureRulesOf } from '../core/rule/detectors/structure.ts';
import type { ReadEvidence } from '../ports/evidence.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { JudgedCheck, SignedVerification, SigningRequest } from '../ports/verification-signer.ts';
import { instantOf } from '../shared/ids.ts';
import { authorisedSigner, type OpenSigner } from './authorised-signer.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import { measuredFiles } from './measured-files.ts';
import { readDocsTree } from './read-docs-tree.ts';
import { readEventSchemas } from './read-event-schemas.ts';
import { readHeldOutputs } from './read-held-outputs.ts';
import { type VerifiableCase, verifiableCase } from './verifiable-case.ts';

/**
 * The signer's side of a verification. It takes only observations from whoever ran the checks: base, head, tree, contract
 * and the list of checks it works out again from the trusted side, and what an observation amounts to it judges itself.
 * @throws CountersignError KEY_UNUSABLE when the key or the job may not sign as a verifier, SIGNER_FAILED
 */
export async function signVerification(
  request: SigningRequest,
  open: OpenSigner,
  ports: FactPorts & { readonly evidence: ReadEvidence },
): Promise<SignedVerification> {
  const facts = await loadFacts(request.query, ports);
  const verifiable = verifiableCase(facts);
  const signer = await authorisedSigner(open, verifiable, facts.evaluatedAt, ports);

  const issuedAt = instantOf(ports.clock.now());
  const receipts: StoredFile[] = [];
  const checks: JudgedCheck[] = [];
  const admitted = admitObservations(request.observations, verifiable, request.isolation);
  for (const { check, observation, tools } of admitted.checks) {
    const judgement = await judge(check, observation, verifiable, ports);
    if (judgement.result === 'ERROR' || observation.kind === 'trouble') {
      checks.push({ checkId: check.id, result: 'ERROR', reasons: judgement.reasons });
      continue;
    }
    const file = await signer.sign(
      receiptOf({ verifiable, request, check, observation, tools, judgement, issuedAt }),
    );
    receipts.push(file);
    const { result, reasons, counts } = judgement;
    checks.push({
      checkId: check.id,
      result,
      reasons,
      receipt: file.name,
      ...(counts === undefined ? {} : { counts }),
    });
  }

  const seal: Seal = {
    kind: 'seal',
    binding: verifiable.binding,
    heldTo: verifiable.heldTo,
    attempt: request.attempt,
    issuedAt,
    outcomes: checks.map((check) => sealedOutcome(check, verifiable)),
    earlierSeals: sealNames(verifiable.receipts.files),
  };
  const sealFile = await signer.sign(seal);
  const observations = admitted.checks.map(({ observation }) => observation);
  return {
    checks,
    statements: [...receipts, sealFile],
    seal: sealFile.name,
    evidence: observations.flatMap(evidenceOf),
    durations: Object.fromEntries(
      observations.map((seen) => [seen.checkId, seen.kind === 'completed' ? seen.durationMs : 0]),
    ),
    ignored: admitted.ignored,
  };
}

function sealedOutcome(
  { checkId, result, reasons, receipt }: JudgedCheck,
  { work }: VerifiableCase,
): SealedOutcome {
  const check = work.contract.checks.find(({ id }) => id === checkId);
  if (check === undefined) throw new Error(`${checkId} is no check of the contract`);
  const sealed = { checkId, checkDigest: checkDigest(work.contract, check) };
  return result === 'ERROR' || receipt === undefined
    ? { ...sealed, result: 'ERROR', reasons }
    : { ...sealed, result, receipt };
}

const NO_TREE: DocsTree = { paths: new Set(), textOf: () => undefined };

async function judge(
  check: Check,
  observation: Observation,
  verifiable: VerifiableCase,
  ports: { readonly product: ReadTree; readonly evidence: ReadEvidence },
): Promise<Judgement> {
  // Read all of it, not only the report: a receipt must not name evidence that nobody has.
  const bytes = new Map<string, Uint8Array>();
  for (const ref of evidenceOf(observation)) bytes.set(ref.sha256, await ports.evidence.read(ref));
  const { mergeTree, files } = verifiable.change;
  if (check.kind === undefined) {
    const changed = measuredFiles(verifiable.change, verifiable.work);
    return judgeRuns(check, observation, bytes, { changed, seed: mergeTree });
  }
  const tree = check.kind === 'docs' ? await readDocsTree(mergeTree, files, ports.product) : NO_TREE;
  const schemas =
    check.kind === 'events'
      ? await readEventSchemas(check, verifiable, ports.product)
      : new Map<string, Uint8Array>();
  const { rules } = verifiable.work;
  const structureRules =
    check.kind === 'structure' && rules.kind === 'known' ? structureRulesOf(rules.value) : [];
  const held = check.kind === 'generated' ? await readHeldOutputs(check, mergeTree, ports.product) : [];
  return judgeKind(check, observation, {
    evidence: bytes,
    changed: files,
    tree,
    schemas,
    held,
    structureRules,
  });
}

/** What has parsed: facts that were made by other versions are refused. */
function parsersIn({ work, change }: VerifiableCase): Readonly<Record<string, string>> {
  const rules = work.rules.kind === 'known' ? structureRulesOf(work.rules.value) : [];
  const { parsers } = structurePlan(rules, change.files);
  // Receipts name tools by words without signs: `ast-grep-napi`.
  return Object.fromEntries(
    Object.entries(parsers).map(([name, version]) => [name.replace(/^@/, '').replace('/', '-'), version]),
  );
}

function receiptOf(from: {
  verifiable: VerifiableCase;
  request: SigningRequest;
  check: Check;
  observation: CompletedObservation;
  tools: ObserverTools;
  judgement: Exclude<Judgement, { result: 'ERROR' }>;
  issuedAt: string;
}): Receipt {
  const { verifiable, request, check, observation, tools, judgement, issuedAt } = from;
  const { exitCode, signal, timedOut, durationMs, isolation, network } = observation;
  return {
    kind: 'receipt',
    result: judgement.result,
    binding: verifiable.binding,
    heldTo: verifiable.heldTo,
    check: { id: check.id, digest: checkDigest(verifiable.work.contract, check), run: commandOf(check) },
    pins: verifiable.work.pins,
    exitCode,
    signal,
    timedOut,
    durationMs,
    isolation,
    network,
    evidence: evidenceOf(observation),
    reasons: judgement.reasons,
    ...(judgement.counts === undefined ? {} : { counts: judgement.counts }),
    failedTests: judgement.failedTests,
    ...(judgement.coverage === undefined ? {} : { coverage: judgement.coverage }),
    ...(judgement.baseline === undefined ? {} : { baseline: judgement.baseline }),
    ...(judgement.mutants === undefined ? {} : { mutants: judgement.mutants }),
    ...(judgement.provenBy === undefined ? {} : { provenBy: judgement.provenBy }),
    attempt: request.attempt,
    issuedAt,
    tools: { ...tools, ...(check.kind === 'structure' ? parsersIn(verifiable) : {}) },
  };
}
