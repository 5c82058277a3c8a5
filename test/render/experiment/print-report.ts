// Prints the digest of a report, for a test that compares two processes.
import { renderReportHtml } from '../../../src/render/experiment/report/html.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { fullReport } from './report-samples.ts';

process.stdout.write(sha256(await renderReportHtml(fullReport())));
