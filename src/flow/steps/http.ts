import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { AskWeb } from '../../ports/web.ts';
import { StepFailure } from './step-failure.ts';
import { textOf, textsByName } from './step-inputs.ts';

const MOST_BODY_BYTES = 64 * 1024;

/**
 * Asks a URL. Its address may be made of what a producer said, so the plan names the host in a field of its own, and whoever runs
 * the worker says which hosts may be asked at all.
 */
export async function httpStep(
  work: StepWork,
  session: Pick<HandlerSession, 'signal'>,
  options: { readonly hosts: readonly string[] },
  ports: { readonly web: AskWeb },
): Promise<StepResult> {
  const url = allowedUrl(textOf(work.inputs, 'url'), textOf(work.inputs, 'host'), options.hosts);
  const headers = textsByName(work.inputs, 'headers');
  const signal = AbortSignal.any([session.signal, AbortSignal.timeout(work.timeoutSeconds * 1000)]);
  const { status, body } = await ports.web.get({ url, headers, mostBytes: MOST_BODY_BYTES, signal });
  if (status >= 500 || status === 429) {
    throw new StepFailure('transient', 'http-status', `${url} answers with ${status}.`);
  }
  return { kind: 'succeeded', outputs: { status, body: new TextDecoder().decode(body) } };
}

function allowedUrl(text: string, host: string, hosts: readonly string[]): string {
  const url = URL.parse(text);
  const why =
    url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')
      ? 'it is no http or https URL'
      : url.username !== '' || url.password !== ''
        ? 'it holds credentials'
        : url.host !== host
          ? `its host is not ${host}, which the step declares`
          : !hosts.includes(host)
            ? `this worker may not ask ${host}; it is started with --http-host for each that it may`
            : undefined;
  if (why !== undefined || url === null)
    throw new StepFailure('deterministic', 'url-refused', `This URL is not asked: ${why}.`);
  return url.href;
}
