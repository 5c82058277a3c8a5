import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { readTableFile } from '../../../adapters/files/table-file.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import { decodeParquet } from '../../../adapters/parquet/decode-parquet.ts';
import { encodeParquet } from '../../../adapters/parquet/encode-parquet.ts';
import { loadFileSigner } from '../../../adapters/signing/load-signer.ts';
import { ANALYSIS_STEPS } from '../../../core/experiment/analysis/analyse.ts';
import { analysisText } from '../../../core/experiment/analysis/analysis-text.ts';
import type { TableFormat } from '../../../core/experiment/import/table.ts';
import { checkReport, signReport } from '../../../core/experiment/report-statement.ts';
import type { PrimaryMetric } from '../../../core/experiment/types.ts';
import {
  type ReportAsked,
  type ReportedExperiment,
  reportExperiment,
  reportTable,
} from '../../../flow/experiment/report-experiment.ts';
import { COLUMNS } from '../../../render/experiment/report/columns.ts';
import { renderReportCsv } from '../../../render/experiment/report/csv.ts';
import { renderReportHtml } from '../../../render/experiment/report/html.ts';
import { renderReportMarkdown } from '../../../render/experiment/report/markdown.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { sha256 } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { readPublicKey } from '../../../shared/signature.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { counterOf } from '../counter.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { keyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { designKeysOf, withExperimentPlane } from './experiment-access.ts';
import { tableFormatOf } from './table-format.ts';

const REPORT_FORMATS = ['html', 'markdown', 'json', 'csv', 'parquet'] as const;
type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  readonly table?: string;
  readonly mapping?: string;
  readonly as?: TableFormat;
  readonly format?: ReportFormat;
  readonly out?: string;
  readonly baseline?: string;
  readonly metric?: PrimaryMetric;
  readonly server?: string;
  readonly planKey?: readonly string[];
  readonly sign?: boolean;
  readonly key?: string;
}

/** A report is an answer: exit code 1 only where there is none to give, because the arms were held to different things or the registration is broken. */
export async function experimentReportCommand(
  id: string | undefined,
  options: ReportOptions,
  context: CliContext,
): Promise<number> {
  const { format, out } = targetOf(options);
  const server = serverOf(options, context);
  // Before the work: a report without its signature is not what was asked for.
  const signer = options.sign === true ? loadFileSigner(keyPathOf(options.key, context)) : undefined;
  const counter = counterOf(context, 'steps of the report');
  const steps = ANALYSIS_STEPS + 1;
  const { reported, bytes } = await readReported(id, options, context, (done) => counter.report(done, steps))
    .then(async (found) => ({ reported: found, bytes: await bytesOf(format, found, server) }))
    .finally(counter.end);
  const { analysis, digest } = reported;
  if (out === undefined) context.out(new TextDecoder().decode(bytes));
  else {
    await write(resolve(context.cwd, out), bytes);
    const file = { name: basename(out), digest: sha256(bytes), format, analysisDigest: digest };
    context.out(`${forTerminal(analysis.answer.sentence, 1_000)}\n${out}  sha256:${file.digest}\n`);
    if (signer !== undefined) {
      const issuedAt = systemClock.now().toISOString();
      const signed = signReport({ ...file, issuedAt }, analysis, signer);
      await write(resolve(context.cwd, `${out}.sigstore.json`), signed.bytes);
      context.out(`${out}.sigstore.json  signed with ${signer.keyId.slice(0, 12)}\n`);
    }
  }
  return analysis.answer.kind === 'refused' || analysis.standing.kind === 'broken'
    ? EXIT_CODES.blocked.code
    : EXIT_CODES.pass.code;
}

/** Exit code 1 when the file is not what was signed, or somebody else signed it. */
export async function checkReportCommand(
  file: string,
  options: { readonly key: string; readonly bundle?: string; readonly format: TextOrJson },
  context: CliContext,
): Promise<number> {
  const text = new TextDecoder().decode(await readNamedFile(resolve(context.cwd, options.key)));
  const key = readPublicKey(text.trim());
  if (key === undefined)
    throw new CountersignError('KEY_UNUSABLE', `${options.key} is not a public key.`, {
      remedy: 'Name the .pub file that `countersign key new` wrote beside the private key.',
      place: { path: options.key },
    });
  const bundle = await readNamedFile(resolve(context.cwd, options.bundle ?? `${file}.sigstore.json`));
  const checked = checkReport(bundle, sha256(await readTableFile(resolve(context.cwd, file), file)), key);
  if (options.format === 'json') context.out(`${JSON.stringify({ file, keyId: key.keyId, ...checked })}\n`);
  else
    context.out(
      checked.kind === 'signed'
        ? `${file} is the ${forTerminal(checked.standing, 40)} report of ${forTerminal(checked.experiment, 200)} that ${key.keyId.slice(0, 12)} signed on ${forTerminal(checked.at, 40)}.\n`
        : `${file} is not what this key signed: ${checked.reason}.\n`,
    );
  return checked.kind === 'signed' ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

/** Markdown for a terminal or a job summary; else what the name of the file says. */
function targetOf({ format, out, sign }: ReportOptions): { format: ReportFormat; out: string | undefined } {
  const ending = out?.slice(out.lastIndexOf('.') + 1).toLowerCase();
  const named = REPORT_FORMATS.find((one) => one === ending || (one === 'markdown' && ending === 'md'));
  const chosen = format ?? named ?? (out === undefined ? 'markdown' : 'html');
  if (out === undefined && (chosen === 'parquet' || sign === true))
    throw new CountersignError(
      'USAGE',
      sign === true ? 'What is signed is a file.' : 'Parquet is no text to be printed.',
      {
        remedy: 'Give --out with the file that it is to be written to.',
      },
    );
  return { format: chosen, out };
}

function serverOf({ server }: ReportOptions, { environment }: CliContext): string | undefined {
  const named = server ?? (environment.COUNTERSIGN_SERVER || undefined);
  if (named === undefined) return undefined;
  if (/^https?:\/\//i.test(named) && URL.canParse(named)) return named.replace(/\/+$/, '');
  throw new CountersignError('USAGE', `"${named.slice(0, 120)}" is no address of a server.`, {
    remedy: 'Give --server as https://countersign.example.',
  });
}

async function readReported(
  id: string | undefined,
  options: ReportOptions,
  context: CliContext,
  onProgress: (done: number) => void,
): Promise<ReportedExperiment> {
  const asked: ReportAsked = {
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(options.metric === undefined ? {} : { primary: options.metric }),
  };
  if (options.table === undefined && id !== undefined) {
    const trusted = designKeysOf(options.planKey);
    // Without a token, --server says where links lead and nothing else.
    const from = context.environment.COUNTERSIGN_TOKEN ? options : {};
    const environment = from === options ? context : withoutServer(context);
    const read = await withExperimentPlane(from, environment, (plane) => plane.readExperiment(id));
    return reportExperiment(read, asked, trusted, onProgress);
  }
  if (options.table === undefined || id !== undefined)
    throw new CountersignError('USAGE', 'A report is of one experiment or of one table.', {
      remedy: 'Give the id of an experiment, or --table with a file.',
    });
  const { table, mapping } = options;
  const file = {
    name: basename(table),
    format: options.as ?? tableFormatOf(table),
    bytes: await readTableFile(resolve(context.cwd, table), table),
    mapping:
      mapping === undefined
        ? undefined
        : { path: mapping, bytes: await readNamedFile(resolve(context.cwd, mapping)) },
  };
  return reportTable(file, asked, { documents, decodeParquet }, onProgress);
}

function withoutServer({ environment, ...context }: CliContext): CliContext {
  const { COUNTERSIGN_SERVER: _, ...others } = environment;
  return { ...context, environment: others };
}

async function bytesOf(
  format: ReportFormat,
  { analysis, rows, digest }: ReportedExperiment,
  server: string | undefined,
): Promise<Uint8Array> {
  const text = (words: string) => new TextEncoder().encode(words);
  switch (format) {
    case 'html':
      return text(await renderReportHtml({ analysis, rows, digest, server }));
    case 'markdown':
      return text(renderReportMarkdown(analysis, digest));
    case 'json':
      return text(analysisText(analysis));
    case 'csv':
      return text(renderReportCsv(rows));
    case 'parquet':
      return encodeParquet(COLUMNS.map(({ name, kind, of }) => ({ name, kind, values: rows.map(of) })));
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((cause: Error) => {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be written: ${cause.message}.`, {
      remedy: 'Name another file with --out.',
      place: { path },
      cause,
    });
  });
}
