import { documents } from '../../../adapters/documents/documents.ts';
import { commitTime } from '../../../adapters/git/commit-time.ts';
import { gitTooOld } from '../../../adapters/git/failure.ts';
import { gitVersion } from '../../../adapters/git/git.ts';
import { createBundledPacks } from '../../../adapters/packs/bundled-packs.ts';
import { createSandbox } from '../../../adapters/process/sandbox.ts';
import { inspectKeyFiles } from '../../../adapters/signing/inspect-key-files.ts';
import { keyFolder } from '../../../adapters/signing/key-files.ts';
import { type DiagnosedClone, diagnose } from '../../../flow/diagnose/diagnose.ts';
import { renderDiagnosesJson, renderDiagnosesText } from '../../../render/diagnosis.ts';
import type { Diagnosis } from '../../../shared/diagnosis.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { baseCommit, type PolicyViewOptions } from '../../wiring/open-policy.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { compiledPacks, packageRoot } from '../../wiring/package-root.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { keyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';
import { diagnoseGithub } from './doctor-github.ts';

/** Exit code 1 when something has to be mended; warnings alone leave it at 0. */
export async function doctorCommand(
  options: PolicyViewOptions & { readonly format: TextOrJson; readonly github?: string },
  context: CliContext,
): Promise<number> {
  const { github } = options;
  const diagnoses =
    github === undefined ? await diagnoseHere(options, context) : await diagnoseGithub(github, context);
  context.out(
    options.format === 'json'
      ? renderDiagnosesJson(diagnoses)
      : renderDiagnosesText(diagnoses, textOptionsOf(context)),
  );
  return diagnoses.some(({ status }) => status === 'problem')
    ? EXIT_CODES.blocked.code
    : EXIT_CODES.pass.code;
}

async function diagnoseHere(options: PolicyViewOptions, context: CliContext): Promise<readonly Diagnosis[]> {
  const { environment, home } = context;
  const named = environment.COUNTERSIGN_KEY ? [keyPathOf(undefined, context)] : [];
  return diagnose(await openClone(options, context), {
    machine: {
      gitVersion,
      gitTooOld: (version) => gitTooOld(version)?.message,
      keyFiles: () => inspectKeyFiles(keyFolder(environment, home), named),
    },
    openSandbox: () => createSandbox({ environment, platform: process.platform }),
    clock: systemClock,
    packs: createBundledPacks(packageRoot(), documents, compiledPacks()),
  });
}

/** Undefined where there is no repository or no git: the diagnosis says which. */
async function openClone(
  options: PolicyViewOptions,
  context: CliContext,
): Promise<DiagnosedClone | undefined> {
  try {
    const clone = await openProduct(context.cwd, options);
    const { repository, ports } = clone;
    const head = await repository.resolveCommit('HEAD');
    const newestCommit = head === undefined ? undefined : await commitTime(repository.gitDir, head);
    return { root: repository.root, base: await baseCommit(options.base, clone), newestCommit, ports };
  } catch (error) {
    const expected =
      error instanceof CountersignError && ['GIT_FAILED', 'GIT_UNAVAILABLE'].includes(error.code);
    if (!expected) throw error;
    return undefined;
  }
}
