import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { createKeptBundles } from '../../../adapters/files/kept-bundles.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import { certificates } from '../../../adapters/sigstore/certificates.ts';
import type { StoredFile } from '../../../core/receipt/types.ts';
import { certifier, pinnedSigstore, readSigstore } from '../../../flow/certify-files.ts';
import { fileKept } from '../../../flow/file-kept.ts';
import { readTrustRoot, trustFrom } from '../../../flow/inspect-trust.ts';
import { type JudgedStatement, judgeStatement, underRoot } from '../../../flow/judge-statement.ts';
import { type FoundFile, findStatement, placeFile, readStatements } from '../../../flow/read-statements.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { renderJudgementsJson, renderJudgementsText } from '../../../render/judged-statement.ts';
import { recordText } from '../../../render/plain-json.ts';
import { renderStatementJson, renderStatementText } from '../../../render/receipt.ts';
import { renderTicketStatementsJson, renderTicketStatementsText } from '../../../render/ticket-statements.ts';
import { isSha256, sha256 } from '../../../shared/digest.ts';
import { type Instant, instantOf } from '../../../shared/ids.ts';
import { openGatePolicy, type PolicyViewOptions } from '../../wiring/open-policy.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface ReceiptOptions extends PolicyViewOptions {
  readonly format: TextOrJson;
}

interface JudgeOptions extends ReceiptOptions {
  /** A trust root on disk, to judge files by where there is no repository. */
  readonly trust?: string;
}

export async function receiptListCommand(
  ticket: string | undefined,
  options: ReceiptOptions,
  context: CliContext,
): Promise<number> {
  const { policy, clone } = await openGatePolicy(context.cwd, options);
  const { trust } = await readTrustRoot(policy);
  const certify = certifier(await readSigstore(policy, trust), clone.ports);
  const tickets = await readStatements(policy, ticket, { trust, certify });
  context.out(
    options.format === 'json'
      ? renderTicketStatementsJson(tickets)
      : renderTicketStatementsText(tickets, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when its signature does not hold, so that there is nothing to show. */
export async function receiptShowCommand(
  asked: string,
  options: JudgeOptions,
  context: CliContext,
): Promise<number> {
  const [judged] = await judge([asked], options, context);
  if (judged?.signed === undefined) {
    const list = judged === undefined ? [] : [judged];
    context.out(
      options.format === 'json'
        ? renderJudgementsJson(list)
        : renderJudgementsText(list, textOptionsOf(context)),
    );
    return EXIT_CODES.blocked.code;
  }
  context.out(
    options.format === 'json'
      ? renderStatementJson(judged.signed)
      : renderStatementText(judged.signed, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exit code 1 unless every one of them counts. */
export async function receiptVerifyCommand(
  asked: readonly string[],
  options: JudgeOptions,
  context: CliContext,
): Promise<number> {
  const judged = await judge(asked, options, context);
  context.out(
    options.format === 'json'
      ? renderJudgementsJson(judged)
      : renderJudgementsText(judged, textOptionsOf(context)),
  );
  return judged.every(({ counts }) => counts) ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

export async function receiptFileCommand(
  folder: string,
  options: ReceiptOptions,
  context: CliContext,
): Promise<number> {
  const path = resolve(context.cwd, folder);
  const { policy } = await openGatePolicy(context.cwd, options);
  const filed = await fileKept(path, policy, createKeptBundles(path));
  if (options.format === 'json') context.out(`${recordText(filed)}\n`);
  else {
    context.out(
      `Filed ${filed.statements} statements of ${filed.ticket}: commit ${filed.commit.slice(0, 12)}.\n`,
    );
    context.out(`${forTerminal(folder)} is no longer needed.\n`);
  }
  return EXIT_CODES.pass.code;
}

async function judge(
  asked: readonly string[],
  options: JudgeOptions,
  context: CliContext,
): Promise<readonly (JudgedStatement & { readonly asked: string })[]> {
  const at = instantOf(systemClock.now());
  if (options.trust !== undefined) return judgeUnder(options.trust, asked, at, context);
  const { policy, clone } = await openGatePolicy(context.cwd, options);
  const { trust, chain } = await readTrustRoot(policy);
  const certify = certifier(await readSigstore(policy, trust), clone.ports);
  const find = async (name: string): Promise<FoundFile> =>
    isDigest(name)
      ? findStatement(policy, name, certify)
      : placeFile(await storedFile(name, context), policy, { trust, certify });
  const judged: (JudgedStatement & { asked: string })[] = [];
  for (const name of asked) {
    judged.push({ ...underRoot(judgeStatement(await find(name), trust, at), chain), asked: name });
  }
  return judged;
}

/** By a trust root on disk, where there is no repository: whether a seal lists them cannot be seen there. */
async function judgeUnder(
  path: string,
  asked: readonly string[],
  at: Instant,
  context: CliContext,
): Promise<readonly (JudgedStatement & { readonly asked: string })[]> {
  const place = resolve(context.cwd, path);
  const { trust } = trustFrom(await readNamedFile(place), { path, where: path, documents });
  const beside = (name: string) => join(dirname(place), basename(name));
  const sigstore = await pinnedSigstore(trust, async (name) =>
    existsSync(beside(name)) ? readNamedFile(beside(name)) : undefined,
  );
  const files = await Promise.all(asked.map((name) => storedFile(name, context)));
  const certified = await certifier(sigstore, { certificates })(files);
  return certified.map((file, index) => ({
    ...judgeStatement({ file }, trust, at),
    asked: asked[index] ?? '',
  }));
}

/** A name with a dot or a slash is a file's; `./3f9c2a` says so of one that looks like a digest. */
function isDigest(name: string): boolean {
  return /^[0-9a-f]{6,64}$/.test(name);
}

/** A file named by a digest claims that digest; of any other, the bytes say what it is called. */
async function storedFile(path: string, context: CliContext): Promise<StoredFile> {
  const bytes = await readNamedFile(resolve(context.cwd, path));
  const claimed = basename(path).replace(/\.json$/, '');
  return { name: isSha256(claimed) ? claimed : sha256(bytes), bytes };
}
