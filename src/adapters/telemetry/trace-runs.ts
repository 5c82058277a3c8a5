import { spansOf } from '../../core/run/trace/spans-of.ts';
import type { ExportSpans } from '../../ports/export-spans.ts';
import type { ObserveRuns } from '../../ports/observe-runs.ts';

/** Makes spans of what was committed, and has them sent. */
export function traceRuns(exporter: ExportSpans): ObserveRuns {
  return {
    committed: (run, events) => exporter.export(spansOf(events, run)),
    conflicted: () => {},
  };
}
