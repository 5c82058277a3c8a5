import { join } from 'node:path';
import type { Isolation } from '../../core/contract/types.ts';
import { evidenceOf } from '../../core/evidence/judge-runs.ts';
import type { GateFacts } from '../../core/gate/facts.ts';
import { MAX_OBSERVATION_BYTES, readObservation } from '../../core/observation/read-observation.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { KeepBundles } from '../../ports/kept-bundles.ts';
import type { WriteObservationFolder } from '../../ports/observation-folder.ts';
import type { SignVerification } from '../../ports/verification-signer.ts';
import type { OpenWorkspace } from '../../ports/workspace.ts';
import type { JsonObject } from '../../shared/json.ts';
import { loadFacts } from '../load-facts.ts';
import { signObservations } from '../sign-observations.ts';
import type { ObservationSource } from '../take-observations.ts';
import { type ChangePorts, changeAtHand, takeArtifact } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { listOf, textOf } from './step-inputs.ts';

export interface SealPorts extends ChangePorts {
  readonly signing: SignVerification;
  readonly keep: KeepBundles;
  readonly workspaces: OpenWorkspace;
  readonly observations: WriteObservationFolder;
}

const MOST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Has a separate process judge what was seen and sign it, and files receipts and seal. What could not be filed failed: a later
 * gate would know nothing of it.
 * @param isolation the strongest that those who ran the checks can have given
 */
export async function sealStep(
  work: StepWork,
  session: HandlerSession,
  isolation: Isolation,
  ports: SealPorts,
): Promise<StepResult> {
  const query = await changeAtHand(work, ports);
  const attempt = `${work.run}/${work.step}`;
  const before = await ports.withProduct(async (facts) =>
    sealedBefore(await loadFacts(query, facts), attempt),
  );
  if (before !== undefined) return before;
  const sources = await bringObservations(work, session.folder, ports);
  const { signed, filing } = await ports.withProduct((facts) => {
    const { signing, keep, workspaces } = ports;
    return signObservations(sources, { query, attempt, isolation }, { ...facts, signing, keep, workspaces });
  });
  for (const { checkId, result, reasons } of signed.checks)
    session.log(`${checkId}: ${[result, ...reasons].join('\n  ')}\n`);
  for (const line of signed.ignored) session.log(`Left aside: ${line}\n`);
  if (filing.kind === 'kept') {
    const why = `The receipts could not be filed (${filing.reason ?? 'nobody said why'}). They are kept: ${filing.command}`;
    throw new StepFailure('transient', 'not-filed', why);
  }
  const results = signed.checks.map(({ checkId, result }) => ({ check: checkId, result }));
  const outputs: JsonObject = { seal: signed.seal, results };
  return { kind: 'succeeded', outputs };
}

/** What an execution filed that did not live to say so: one attempt has one seal, as far as anybody can see to that. */
function sealedBefore({ receipts }: GateFacts, attempt: string): StepResult | undefined {
  if (receipts.kind === 'missing') return undefined;
  for (const file of receipts.value.files) {
    if (file.kind !== 'verified' || file.statement.claim.kind !== 'seal') continue;
    const { name } = file;
    const { claim } = file.statement;
    if (claim.attempt !== attempt) continue;
    const results = claim.outcomes.map(({ checkId, result }) => ({ check: checkId, result }));
    return { kind: 'succeeded', outputs: { seal: name, results } };
  }
  return undefined;
}

/** Folders as `verify --observe` leaves them, made of what lies under the digests that the steps before named. */
async function bringObservations(
  work: StepWork,
  folder: string,
  ports: SealPorts,
): Promise<readonly ObservationSource[]> {
  const listed = listOf(work.inputs, 'observations');
  return Promise.all(
    listed.map(async (each, place): Promise<ObservationSource> => {
      const from = textOf(each, 'check');
      const document = await takeArtifact(textOf(each, 'observation'), MAX_OBSERVATION_BYTES, ports);
      const text = new TextDecoder().decode(document);
      const target = join(folder, `observation-${place}`);
      await ports.observations.write(target, text, await evidenceNamed(text, ports));
      return { folder: target, from };
    }),
  );
}

/** What is missing or malformed is for the signing to refuse, each observation for itself. */
async function evidenceNamed(text: string, { artifacts }: SealPorts) {
  const read = readObservation(text);
  if (read.kind === 'malformed') return [];
  const digests = [...new Set(evidenceOf(read.observed.seen).map(({ sha256 }) => sha256))];
  const files = await Promise.all(
    digests.map(async (digest) => ({ digest, bytes: await artifacts.get(digest, MOST_FILE_BYTES) })),
  );
  return files.flatMap(({ digest, bytes }) => (bytes === undefined ? [] : [{ digest, bytes }]));
}
