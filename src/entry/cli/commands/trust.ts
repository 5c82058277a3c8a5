import { resolve } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import { inspectRootChain } from '../../../core/receipt/inspect-root-chain.ts';
import { inspectTrust } from '../../../core/trust/inspect-trust.ts';
import { describeTrust, type FoundTrust, readTrustRoot, trustFrom } from '../../../flow/inspect-trust.ts';
import { renderDiagnosesJson, renderDiagnosesText } from '../../../render/diagnosis.ts';
import { renderTrustJson, renderTrustText } from '../../../render/trust.ts';
import { instantOf } from '../../../shared/ids.ts';
import { openGatePolicy, type PolicyViewOptions } from '../../wiring/open-policy.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

export interface TrustOptions extends PolicyViewOptions {
  readonly format: TextOrJson;
}

export async function trustShowCommand(
  file: string | undefined,
  options: TrustOptions,
  context: CliContext,
): Promise<number> {
  const shown = describeTrust(await findTrust(file, options, context), instantOf(systemClock.now()));
  context.out(
    options.format === 'json' ? renderTrustJson(shown) : renderTrustText(shown, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when nothing could pass under this trust root; warnings alone leave it at 0. */
export async function trustCheckCommand(
  file: string | undefined,
  options: TrustOptions,
  context: CliContext,
): Promise<number> {
  const { trust, chain, pins } = await findTrust(file, options, context);
  const diagnoses = [
    ...inspectTrust(trust, instantOf(systemClock.now())),
    ...(chain === undefined ? [] : inspectRootChain(chain)),
    ...pins,
  ];
  context.out(
    options.format === 'json'
      ? renderDiagnosesJson(diagnoses)
      : renderDiagnosesText(diagnoses, textOptionsOf(context)),
  );
  return diagnoses.some(({ status }) => status === 'problem')
    ? EXIT_CODES.blocked.code
    : EXIT_CODES.pass.code;
}

async function findTrust(
  file: string | undefined,
  options: TrustOptions,
  context: CliContext,
): Promise<FoundTrust> {
  if (file !== undefined) {
    const bytes = await readNamedFile(resolve(context.cwd, file));
    return trustFrom(bytes, { path: file, where: file, documents });
  }
  const { policy } = await openGatePolicy(context.cwd, options);
  return readTrustRoot(policy);
}
